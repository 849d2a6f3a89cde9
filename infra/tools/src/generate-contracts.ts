import { join } from 'node:path';
import { type AvroRecord, type AvroType, inlineShared, readSchemas } from './avro-schema.js';
import { repositoryRoot } from './paths.js';
import { writeIfChanged } from './write-if-changed.js';

const primitives: Record<string, string> = {
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  null: 'null',
};

function typeScriptType(type: AvroType): string {
  if (Array.isArray(type)) return type.map(typeScriptType).join(' | ');
  if (typeof type === 'string') return primitives[type] ?? type.slice(type.lastIndexOf('.') + 1);
  if (type.type === 'array') return `readonly ${typeScriptType(type.items)}[]`;
  if (type.type === 'record') return type.name;
  return primitives[type.type]!;
}

function docComment(doc: string | undefined, indent: string): string {
  return doc ? `${indent}/** ${doc} */\n` : '';
}

function interfaceOf(record: AvroRecord): string {
  const fields = record.fields.map(
    (f) => `${docComment(f.doc, '  ')}  readonly ${f.name}: ${typeScriptType(f.type)};\n`,
  );
  return `${docComment(record.doc, '')}export interface ${record.name} {\n${fields.join('')}}\n`;
}

const contracts = join(repositoryRoot, 'packages/contracts');

/** Where the generated code of the contracts is. */
export const contractsFile = join(contracts, 'src/generated/messages.ts');

/** Writes the TypeScript types and message definitions of `packages/contracts` from its `.avsc` files. */
export function generateContracts(): void {
  writeIfChanged(contractsFile, contractsSource());
}

export function contractsSource(): string {
  const { shared, messages } = readSchemas(join(contracts, 'schemas'));
  const definitions = messages.map(({ topic, record }) => {
    const schema = JSON.stringify(inlineShared(record, shared));
    const fullName = `${record.namespace}.${record.name}`;
    return (
      interfaceOf(record) +
      `export const ${record.name}: MessageDefinition<${record.name}> = defineMessage(\n` +
      `  '${topic}',\n  '${fullName}',\n  ${JSON.stringify(schema)},\n);\n`
    );
  });
  const names = messages.map((m) => m.record.name).join(', ');
  return [
    '// Generated from packages/contracts/schemas by `npm run generate`. Do not edit.',
    "import { defineMessage, type MessageDefinition } from '../message-definition.js';\n",
    ...shared.map(interfaceOf),
    ...definitions,
    `/** Every message that Florin can send. */\nexport const allMessages = [${names}] as const;\n`,
  ].join('\n');
}
