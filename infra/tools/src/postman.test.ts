import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { repositoryRoot } from './paths.js';
import { type Collection, postmanCollection } from './postman.js';

interface Request {
  readonly method: string;
  readonly url: { readonly host: readonly string[]; readonly path: readonly string[] };
  readonly header: readonly { readonly key: string; readonly value: string; readonly disabled?: boolean }[];
  readonly auth: { readonly type: string; readonly bearer?: readonly { readonly value: string }[] };
}

let collection: Collection;
let requests: Request[];

beforeAll(async () => {
  collection = await postmanCollection();
  requests = collection.item.flatMap(({ item }) =>
    (item ?? []).map(({ request }) => request as unknown as Request),
  );
}, 180_000);

test('is published as docs/postman.json (if this fails: npm run openapi, and commit the file)', () => {
  const published = readFileSync(join(repositoryRoot, 'docs/postman.json'), 'utf8');
  expect(JSON.parse(published)).toEqual(collection);
});

test('has every operation of the OpenAPI document, with address, token and key as variables', () => {
  const document = JSON.parse(readFileSync(join(repositoryRoot, 'docs/openapi.json'), 'utf8'));
  const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const found = requests.map(
    ({ method, url }) => `${method} /${url.path.join('/').replace(/:(\w+)/g, '{$1}')}`,
  );
  expect(found.sort()).toEqual(operations.sort());
  const names = new Set(collection.variable.map(({ key }) => key));
  for (const { method, url, header, auth } of requests) {
    expect(url.host).toEqual(['{{baseUrl}}']);
    if (auth.type !== 'noauth') expect(['{{accessToken}}', '{{apiKey}}']).toContain(auth.bearer?.[0]?.value);
    const key = header.find((entry) => entry.key === 'Idempotency-Key');
    expect([method, key?.value, key?.disabled]).toEqual(
      method === 'POST' ? [method, '{{$guid}}', false] : [method, undefined, undefined],
    );
  }
  const used = [...JSON.stringify(collection.item).matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
  expect(used.filter((name) => !names.has(name))).toEqual([]);
});
