import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SchemaRegistry } from '../src/schema-registry.js';

const registry = new SchemaRegistry(process.env.SCHEMA_REGISTRY_URL!);
const topic = `ops-test-${randomUUID().slice(0, 8)}`;

const definition = (...fields: object[]) => ({
  topic,
  name: 'florin.test.Thing',
  schema: JSON.stringify({
    type: 'record',
    name: 'Thing',
    namespace: 'florin.test',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  }),
});

describe('the schema registry', () => {
  test('tells what is new, registered, compatible with every version, or with not all of them', async () => {
    const first = definition();
    expect(await registry.check(first)).toBe('new');
    const id = await registry.register(first);
    expect(await registry.check(first)).toBe('registered');
    expect(await registry.register(first)).toBe(id);

    const second = definition({ name: 'note', type: 'string', default: '' });
    expect(await registry.check(second)).toBe('compatible');
    await registry.register(second);
    // Reads the second version, but not the first.
    const third = definition({ name: 'note', type: 'string' });
    expect(await registry.check(third)).toBe('incompatible');
    await expect(registry.register(third)).rejects.toThrow('409');
  });

  test('that is not there is an error that says so', async () => {
    const away = new SchemaRegistry('http://127.0.0.1:9');
    await expect(away.check(definition())).rejects.toMatchObject({ code: 'unreachable', exitCode: 3 });
  });
});
