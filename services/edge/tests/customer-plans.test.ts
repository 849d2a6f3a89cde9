import { randomUUID } from 'node:crypto';
import { createDatabase, prismaAdapter } from '@florin/database';
import type { RouteRequest } from '@florin/http';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../../test/env/test-database.js';
import type { EdgeContext } from '../src/context.js';
import { PrismaClient } from '../src/db/generated/client.js';
import { listCustomers } from '../src/routes/customers/list-customers.js';

/** Enough that PostgreSQL would rather not read the table; statistics, and so plans, are those of many more. */
const count = 30_000;

let pool: pg.Pool;
let prisma: PrismaClient;
let release: () => Promise<void>;
const queries: { query: string; params: string }[] = [];

beforeAll(async () => {
  const testDatabase = await createTestDatabase('edge');
  pool = new pg.Pool({ connectionString: testDatabase.url, max: 2, application_name: 'customer-plans' });
  const logger = createLogger({ service: 'edge', level: 'silent' });
  const database = createDatabase({
    url: testDatabase.url,
    applicationName: 'plans',
    maxConnections: 2,
    logger,
  });
  const client = new PrismaClient({
    adapter: prismaAdapter(database),
    log: [{ emit: 'event', level: 'query' }],
  });
  client.$on('query', (event) => queries.push(event));
  prisma = client as unknown as PrismaClient;
  await pool.query(
    `INSERT INTO customers (id, full_name, email, phone, status, created_at, updated_at)
     SELECT gen_random_uuid(), 'Customer ' || n % 5000, 'customer-' || n || '@example.com',
       '+1415' || lpad(n::text, 7, '0'), CASE WHEN n % 100 = 0 THEN 'pending_verification' ELSE 'active' END,
       timestamptz '2026-01-01' + n * interval '1 minute', now()
     FROM generate_series(1, $1::int) AS n`,
    [count],
  );
  await pool.query(
    `INSERT INTO customers (id, full_name, email, phone, status, created_at, updated_at)
     VALUES (gen_random_uuid(), 'Ada 100%_\\', 'ada_l@example.com', '+390000001', 'active', now(), now()),
       (gen_random_uuid(), 'Ada 100xx', 'adaxl@example.com', '+390000002', 'active', now(), now())`,
  );
  await pool.query('VACUUM ANALYZE customers');
  release = async () => {
    await prisma.$disconnect();
    await database.close();
    await pool.end();
    await testDatabase.drop();
  };
});
afterAll(() => release());

async function list(parameters: Record<string, string>): Promise<{ data: { fullName: string }[] }> {
  const request = { query: listCustomers.query!.parse(parameters) } as RouteRequest;
  const reply = await listCustomers.handler({ reads: { primaryLists: prisma } } as EdgeContext, request);
  return reply.body as { data: { fullName: string }[] };
}

/** The kinds of the nodes in the plan of what a list asks the database. */
async function planOf(parameters: Record<string, string>): Promise<string[]> {
  queries.length = 0;
  await list(parameters);
  const asked = queries.filter(({ query }) => query.includes('"customers"'));
  expect(asked).toHaveLength(1);
  const { query, params } = asked[0]!;
  const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) ${query}`, JSON.parse(params));
  const nodes = (plan: { 'Node Type': string; Plans?: [] }): string[] => [
    plan['Node Type'],
    ...(plan.Plans ?? []).flatMap(nodes),
  ];
  return nodes(rows[0]['QUERY PLAN'][0].Plan);
}

const filters: Record<string, string>[] = [
  {},
  { id: randomUUID() },
  { email: 'customer-77@example.com' },
  { phone: '+14150000077' },
  { fullName: 'Customer 77' },
  { status: 'pending_verification' },
  { 'createdAt[gte]': '2026-01-10T00:00:00Z', 'createdAt[lt]': '2026-01-10T01:00:00Z' },
  { 'fullName[prefix]': 'customer 77' },
  { 'email[prefix]': 'customer-777' },
  { 'phone[prefix]': '+1415000077' },
];

describe('a list of customers', () => {
  test.each(filters)('filtered by %j is read from an index', async (filter) => {
    expect(await planOf(filter)).not.toContain('Seq Scan');
  });

  test.each(
    ['id', 'fullName', 'email', 'phone', 'status', 'createdAt'].flatMap((field) => [field, `-${field}`]),
  )('sorted by %s is read from an index in that order, without sorting everybody', async (sort) => {
    const plan = await planOf({ sort });
    expect(plan).not.toContain('Seq Scan');
    expect(plan).not.toContain('Sort');
  });

  test.each([
    { sort: 'fullName', status: 'active' },
    { sort: '-createdAt', status: 'active' },
    { sort: 'email', status: 'active' },
  ])('of nearly all, in the order %j, is read from an index', async (query) => {
    const plan = await planOf(query);
    expect(plan).not.toContain('Seq Scan');
    expect(plan).not.toContain('Sort');
  });
});

describe('the beginning of a field', () => {
  test('finds names in any case', async () => {
    const { data } = await list({ 'fullName[prefix]': 'cUSTomer 4999' });
    expect(data.length).toBe(count / 5_000);
    expect(data.every(({ fullName }) => fullName === 'Customer 4999')).toBe(true);
  });

  test('is no pattern', async () => {
    expect((await list({ 'fullName[prefix]': 'ADA 100%' })).data).toHaveLength(1);
    expect((await list({ 'fullName[prefix]': 'ada 100%_\\' })).data).toHaveLength(1);
    expect((await list({ 'fullName[prefix]': 'ada 100_' })).data).toHaveLength(0);
    expect((await list({ 'email[prefix]': 'ada_' })).data).toHaveLength(1);
    expect((await list({ 'fullName[prefix]': '%' })).data).toHaveLength(0);
  });
});
