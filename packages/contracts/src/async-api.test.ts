import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument } from './async-api.js';
import { allMessages } from './generated/messages.js';
import { producersOf } from './producers.js';
import { recordKeyOf } from './record-key.js';
import { consumerGroups } from './topology.js';

const require = createRequire(import.meta.url);
const root = new URL('../../../', import.meta.url);
const document = asyncApiDocument({ version: '1.2.3' });

describe('AsyncAPI document', () => {
  test('is valid against the schema of AsyncAPI 3.0', () => {
    const schema = require('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  test('has a channel for every topic and every message on the channel of its topic', () => {
    for (const message of allMessages) {
      const name = message.name.split('.').at(-1)!;
      const { address, messages } = document.channels[message.topic]!;
      expect(address).toBe(message.topic);
      expect(messages[name]).toEqual({ $ref: `#/components/messages/${name}` });
      expect(document.components.messages[name]!.payload.schema).toEqual(JSON.parse(message.schema));
    }
    expect(new Set(Object.keys(document.channels))).toEqual(new Set(allMessages.map((m) => m.topic)));
  });

  test('has a receive operation for every subscription of the topology', () => {
    const expected = Object.values(consumerGroups).flatMap((group) =>
      group.topics.map((topic) => `${group.service}.receive.${topic}`),
    );
    const actual = Object.entries(document.operations).filter(
      ([, operation]) => operation.action === 'receive',
    );
    expect(actual.map(([name]) => name).sort()).toEqual(expected.sort());
  });

  test('names a sender for every message', () => {
    expect(allMessages.filter((message) => producersOf(message).length === 0)).toEqual([]);
  });

  test('says of every message which key it has: a field of it that is text, or how the key is made', () => {
    for (const message of allMessages) {
      const { field, description } = recordKeyOf(message);
      const { fields } = JSON.parse(message.schema) as { fields: { name: string; type: unknown }[] };
      const types = fields.filter(({ name }) => name === field).map(({ type }) => JSON.stringify(type));
      const expected = field === undefined ? [] : [expect.stringContaining('string')];
      expect([message.name, types]).toEqual([message.name, expected]);
      const name = message.name.split('.').at(-1)!;
      expect(document.components.messages[name]!.bindings).toMatchObject({ kafka: { key: { description } } });
    }
  });

  test('refers only to what it defines', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      (match) => match[1]!,
    );
    expect(references.length).toBeGreaterThan(allMessages.length);
    for (const reference of references) {
      const target = reference
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect({ reference, found: target !== undefined }).toEqual({ reference, found: true });
    }
  });

  test('is published as docs/asyncapi.json (if this fails: npm run asyncapi, and commit the file)', () => {
    const { version } = readJson('package.json') as { version: string };
    expect(readJson('docs/asyncapi.json')).toEqual(asyncApiDocument({ version }));
  });
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8'));
}
