import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { IncompatibleSchemaError, registerSchema } from '../src/register-schema.js';

const registryUrl = process.env.SCHEMA_REGISTRY_URL!;

function record(...fields: object[]): string {
  return JSON.stringify({ type: 'record', name: 'Opened', namespace: 'florin.test', fields });
}
const walletId = { name: 'walletId', type: 'string' };

test('processes that register the same new schema at once get the same id', async () => {
  const subject = `test-${randomUUID()}`;
  const ids = await Promise.all(
    Array.from({ length: 8 }, () => registerSchema(registryUrl, subject, record(walletId))),
  );
  expect(new Set(ids).size).toBe(1);
});

test('a schema that cannot read what was released is refused', async () => {
  const subject = `test-${randomUUID()}`;
  await registerSchema(registryUrl, subject, record(walletId));
  const changed = record(walletId, { name: 'ownerId', type: 'string' });
  await expect(registerSchema(registryUrl, subject, changed)).rejects.toThrow(IncompatibleSchemaError);
});
