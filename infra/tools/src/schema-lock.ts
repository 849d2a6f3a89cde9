import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineShared, readSchemas } from './avro-schema.js';
import { repositoryRoot } from './paths.js';

const contracts = join(repositoryRoot, 'packages/contracts');

/** Every released version of every schema, oldest first, by registry subject. */
export type SchemaVersions = Readonly<Record<string, readonly unknown[]>>;

/** Where the released versions are committed. */
export const schemaLockFile = join(contracts, 'schemas.lock.json');

export function readSchemaLock(): SchemaVersions {
  if (!existsSync(schemaLockFile)) return {};
  return JSON.parse(readFileSync(schemaLockFile, 'utf8')) as SchemaVersions;
}

/** The schemas of the working tree, as they are registered, by subject. */
export function currentSchemas(): Readonly<Record<string, unknown>> {
  const { shared, messages } = readSchemas(join(contracts, 'schemas'));
  return Object.fromEntries(
    messages.map(({ topic, record }) => [
      `${topic}-${record.namespace}.${record.name}`,
      inlineShared(record, shared),
    ]),
  );
}
