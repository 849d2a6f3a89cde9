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

/** Names of fields that have their own name for a value: nothing better was known. */
function placeholders(example: unknown): string[] {
  if (typeof example !== 'object' || example === null) return [];
  return Object.entries(example).flatMap(([name, value]) => (value === name ? [name] : placeholders(value)));
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

  test('has only example bodies that their routes take, and no name of a field for its value', () => {
    const bodies = routes.flatMap(({ method, path, body }) => {
      const requestBody = document.paths?.[path]?.[method]?.requestBody;
      if (!body || !requestBody || '$ref' in requestBody) return [];
      return [{ call: `${method} ${path}`, body, example: requestBody.content['application/json']?.example }];
    });
    expect(bodies.length).toBeGreaterThan(40);
    for (const { call, body, example } of bodies) {
      expect([call, body.safeParse(example).error?.issues]).toEqual([call, undefined]);
      expect([call, placeholders(example)]).toEqual([call, []]);
    }
  });

  test('has no example of an answer either in which a name stands for its value', () => {
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) =>
        Object.values(item[method]?.responses ?? {}).map((response) => ({ path, method, response })),
      ),
    );
    expect(operations.length).toBeGreaterThan(100);
    for (const { path, method, response } of operations) {
      const example = response.content?.['application/json']?.example;
      expect([method, path, placeholders(example)]).toEqual([method, path, []]);
    }
  });

  test('says which operations are for API keys only, and with which scope', () => {
    const said = /Only for API keys with the scope `(.+)`\.$/;
    for (const { path, method, access } of routes) {
      const description = document.paths?.[path]?.[method]?.description ?? '';
      const scope = typeof access === 'object' && 'scope' in access ? access.scope : undefined;
      expect([method, path, said.exec(description)?.[1]]).toEqual([method, path, scope]);
    }
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
