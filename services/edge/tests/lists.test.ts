import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { edgeOpenApiDocument } from '../src/open-api.js';
import { type Any, admin, EdgeFixture } from './edge-fixture.js';
import { listRows } from './list-rows.js';

let edge: EdgeFixture;
beforeAll(async () => {
  edge = await EdgeFixture.create();
  for (const text of listRows) await edge.pool.query(text);
});
afterAll(() => edge.close());

interface Leaf {
  /** `balances.posted` */
  readonly path: string;
  readonly isNumber: boolean;
}

interface List {
  readonly path: string;
  readonly leaves: readonly Leaf[];
  /** Query parameters by the path of the field they are about. */
  readonly fields: ReadonlyMap<string, string>;
  readonly parameters: ReadonlySet<string>;
  readonly sorts: readonly string[];
  /** Whether API keys see everyone's; the lists of a customer alone show the same rows in the same way. */
  readonly admitsKeys: boolean;
}

const document: Any = edgeOpenApiDocument();
const resolve = (schema: Any): Any =>
  schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;

/** What is made from several columns or counted cannot be asked of an index, and nobody has to look for a hash. */
const computed: Readonly<Record<string, readonly string[]>> = {
  // Whether it is the session that asks.
  '/v1/sessions': ['current'],
  '/v1/api-keys': ['status', 'previous.prefix', 'previous.expiresAt'],
  '/ops/v1/replays': ['status', 'retrying'],
  '/ops/v1/audits': ['hash'],
  '/ops/v1/dead-letters': ['valueBase64'],
};

/** The key that calls is in this list itself, and every call changes when it was last used; see api-keys.test.ts. */
const changing = '/v1/api-keys';

/** Fields with one value, at any depth; arrays and free JSON cannot be compared. */
function leavesOf(schema: Any, prefix = ''): Leaf[] {
  const { properties = {} } = resolve(schema);
  return Object.entries<Any>(properties).flatMap(([name, property]) => {
    const options: Any[] = (resolve(property).anyOf ?? [property]).map(resolve);
    const types = options.flatMap((option) => option.type ?? []);
    if (types.includes('array')) return [];
    if (types.includes('object'))
      return leavesOf(
        options.find(({ type }) => type === 'object'),
        `${prefix}${name}.`,
      );
    if (types.length === 0 && !options.some((option) => option.enum)) return [];
    return [{ path: prefix + name, isNumber: types.some((type) => ['integer', 'number'].includes(type)) }];
  });
}

const lists: List[] = Object.entries<Any>(document.paths).flatMap(([path, { get }]) => {
  const page = resolve(get?.responses[200]?.content?.['application/json']?.schema);
  const parameters: Any[] = get?.parameters ?? [];
  const sort = parameters.find(({ name }) => name === 'sort');
  if (!page?.properties?.nextCursor || !sort || path.includes('{') || path === changing) return [];
  const leaves = leavesOf(page.properties.data.items).filter((leaf) => !computed[path]?.includes(leaf.path));
  const fields = new Map(
    parameters.map(({ name, description, schema }) => [
      /^Of `(.+)`\.$/.exec(description ?? schema?.description ?? '')?.[1] ?? name,
      name,
    ]),
  );
  return [
    {
      path,
      leaves,
      fields,
      parameters: new Set(parameters.map(({ name }) => name)),
      sorts: sort.schema.enum,
      admitsKeys: get.security.some((scheme: Any) => scheme.apiKey !== undefined),
    },
  ];
});

const valueAt = (item: Any, path: string): Any =>
  path.split('.').reduce((value, name) => value?.[name], item) ?? null;

async function walk(path: string, query: string, limit: number): Promise<Any[]> {
  const items: Any[] = [];
  let cursor = '';
  do {
    const answer = await edge.call('GET', `${path}?limit=${limit}&${query}${cursor}`, { token: admin });
    const page = expectStatus(answer, 200);
    items.push(...page.data);
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  return items;
}

test('the document has the lists that clients know', () => {
  expect(lists.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '/v1/customers',
      '/v1/wallet-types',
      '/v1/wallets',
      '/v1/cards',
      '/v1/transaction-types',
      '/v1/transaction-rules',
      '/v1/transactions',
      '/v1/application-types',
      '/v1/applications',
      '/v1/notifications',
      '/ops/v1/dead-letters',
    ]),
  );
});

describe.each(lists)('$path', ({ path, leaves, fields, parameters, sorts, admitsKeys }) => {
  test('can be filtered and sorted by every field', () => {
    const missing = leaves.filter((leaf) => {
      const field = fields.get(leaf.path);
      return (
        field === undefined ||
        !parameters.has(field) ||
        !sorts.includes(field) ||
        !sorts.includes(`-${field}`)
      );
    });
    expect(missing).toEqual([]);
  });

  // When a key was last used changes with every call that the test makes with one.
  if (!admitsKeys || path === '/v1/api-keys') return;

  test('fits together page by page in every order', async () => {
    for (const sort of sorts) {
      const whole = await walk(path, `sort=${sort}`, 200);
      const pages = await walk(path, `sort=${sort}`, 5);
      // A third of the transactions are pending and overdue.
      expect(whole.length).toBeGreaterThanOrEqual(path === '/ops/v1/stalled-transactions' ? 4 : 14);
      expect([sort, pages]).toEqual([sort, whole]);
      const leaf = leaves.find((one) => fields.get(one.path) === sort.replace(/^-/, ''));
      if (leaf)
        expectOrdered(
          whole.map((item) => valueAt(item, leaf.path)),
          leaf,
          sort.startsWith('-'),
        );
    }
  });

  test('finds by every field what has the value', async () => {
    const everything = await walk(path, '', 200);
    for (const leaf of leaves) {
      const field = fields.get(leaf.path)!;
      const values = everything.map((item) => valueAt(item, leaf.path));
      const value = values.find((one) => one !== null);
      if (value === undefined) throw new Error(`no row of ${path} has a ${leaf.path}`);
      const found = await walk(path, `${field}=${encodeURIComponent(value)}`, 200);
      const matches = found.map((item) => valueAt(item, leaf.path));
      expect([leaf.path, new Set(matches)]).toEqual([leaf.path, new Set([value])]);
      // A list of definitions shows more of them to who asks by name.
      expect(found.length).toBeGreaterThanOrEqual(values.filter((one) => one === value).length);
      const nulls = values.filter((one) => one === null).length;
      if (nulls > 0)
        expect([leaf.path, (await walk(path, `${field}[null]=true`, 5)).length]).toEqual([leaf.path, nulls]);
      if (!parameters.has(`${field}[gte]`)) continue;
      const later = await walk(path, `${field}[gt]=${encodeURIComponent(value)}`, 200);
      const bigger = values.filter((one) => one !== null && one > value).length;
      expect([leaf.path, later.length]).toEqual([leaf.path, bigger]);
    }
  });
});

/** Numbers, times and truth values ascend, with nulls at the end; how text is sorted is the database's business. */
function expectOrdered(values: readonly Any[], leaf: Leaf, descending: boolean): void {
  const ascending = descending ? [...values].reverse() : values;
  const known = ascending.filter((value) => value !== null);
  expect([leaf.path, ascending.slice(known.length).every((value) => value === null)]).toEqual([
    leaf.path,
    true,
  ]);
  const isTime = known.every((value) => /^\d{4}-\d\d-\d\dT/.test(String(value)));
  if (!leaf.isNumber && !isTime && typeof known[0] !== 'boolean') return;
  for (const [i, value] of known.entries()) {
    if (i > 0) expect([leaf.path, known[i - 1] <= value]).toEqual([leaf.path, true]);
  }
}

test('a query for which no index helps is cut off, and says so', async () => {
  const holder = await edge.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE wallets IN ACCESS EXCLUSIVE MODE');
  const answer = await edge.call('GET', '/v1/wallets?sort=posted', { token: admin });
  await holder.query('ROLLBACK');
  holder.release();
  expect([answer.status, answer.body.code]).toEqual([422, 'query-too-broad']);
});

test('however many lists take long, single objects are read at once', async () => {
  const holder = await edge.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE cards IN ACCESS EXCLUSIVE MODE');
  let done = false;
  const answers = new Set<string>();
  const listing = Array.from({ length: 30 }, async () => {
    while (!done) {
      const { status, body } = await edge.call('GET', '/v1/cards?sort=status', { token: admin });
      answers.add(`${status} ${body.code}`);
    }
  });
  try {
    await eventually('lists to be refused', async () => (answers.has('503 overloaded') ? true : undefined));
    for (let i = 0; i < 20; i++) {
      const { status } = await edge.call('GET', `/v1/transactions/${uuidv7()}`, { token: admin });
      expect(status).toBe(404);
    }
  } finally {
    done = true;
    await Promise.all(listing);
    await holder.query('ROLLBACK');
    holder.release();
  }
  expect([...answers].sort()).toEqual(['422 query-too-broad', '503 overloaded']);
});
