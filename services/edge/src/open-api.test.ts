import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { edgeOpenApiDocument, routes } from './open-api.js';

const document = edgeOpenApiDocument();

/** What Redocly's strictest rules have to say, among them that every example fits its schema. */
async function problemsOf(source: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(source), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

describe('the OpenAPI document', () => {
  test('keeps the rules of OpenAPI, and its examples those of their schemas', async () => {
    expect(await problemsOf(document)).toEqual([]);
  });

  test('would be caught with an example that does not fit', async () => {
    const broken = structuredClone(document);
    const body = broken.paths?.['/v1/transactions']?.post?.requestBody;
    if (!body || '$ref' in body) throw new Error('the transfer has no body');
    body.content['application/json']!.example.amount = 'all of it';
    const problems = await problemsOf(broken);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/example\/amount/);
  });

  test('describes every tag, and no other', () => {
    const used = new Set(routes.flatMap(({ tags }) => tags));
    expect((document.tags ?? []).map(({ name }) => name).sort()).toEqual([...used].sort());
  });

  test('names each operation once', () => {
    const names = routes.map(({ operationId }) => operationId);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('is published as docs/openapi.json (if this fails: npm run openapi, and commit the file)', () => {
    const published = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
