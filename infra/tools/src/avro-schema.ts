import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type AvroType = string | AvroType[] | AvroArray | AvroLogical | AvroRecord;
export interface AvroArray {
  type: 'array';
  items: AvroType;
}
export interface AvroLogical {
  type: 'string' | 'long';
  logicalType: string;
}
export interface AvroField {
  name: string;
  type: AvroType;
  doc?: string;
  default?: unknown;
}
export interface AvroRecord {
  type: 'record';
  name: string;
  namespace: string;
  doc?: string;
  fields: AvroField[];
}

export interface MessageSchema {
  /** `<domain>.commands` or `<domain>.events`, from the folder the file is in. */
  topic: string;
  record: AvroRecord;
}

export interface SchemaSet {
  shared: AvroRecord[];
  messages: MessageSchema[];
}

/** Reads every `.avsc` below a schema folder: `shared/*.avsc` and `<domain>/<commands|events>/*.avsc`. */
export function readSchemas(root: string): SchemaSet {
  const shared: AvroRecord[] = [];
  const messages: MessageSchema[] = [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.avsc'));
  for (const file of files.sort()) {
    const record = JSON.parse(readFileSync(join(root, file), 'utf8')) as AvroRecord;
    const [folder, kind] = file.split('/');
    if (folder === 'shared') shared.push(record);
    else messages.push({ topic: `${folder}.${kind}`, record });
  }
  return { shared, messages };
}

/** A schema that stands alone: each shared record is written out where it is first used, as a registry expects. */
export function inlineShared(record: AvroRecord, shared: readonly AvroRecord[]): AvroRecord {
  const byName = new Map(shared.map((s) => [`${s.namespace}.${s.name}`, s]));
  const seen = new Set<string>();
  const expand = (type: AvroType): AvroType => {
    if (Array.isArray(type)) return type.map(expand);
    if (typeof type === 'object' && type.type === 'array') return { ...type, items: expand(type.items) };
    if (typeof type !== 'string' || seen.has(type)) return type;
    const found = byName.get(type);
    if (!found) return type;
    seen.add(type);
    return { ...found, fields: found.fields.map((f) => ({ ...f, type: expand(f.type) })) };
  };
  return { ...record, fields: record.fields.map((f) => ({ ...f, type: expand(f.type) })) };
}
