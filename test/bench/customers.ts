import { join } from 'node:path';
import { createDatabase, migrate, prismaAdapter, withDatabase } from '@florin/database';
import type { RouteRequest } from '@florin/http';
import { createLogger } from '@florin/observability';
import pg from 'pg';
import type { EdgeContext } from '../../services/edge/src/context.js';
import type { PrismaClient } from '../../services/edge/src/db/generated/client.js';
import type { BenchOptions, BenchServers } from './bench-servers.js';
import { median, percentile, printTable, whole } from './report.js';

type Parameters = Readonly<Record<string, string>>;

interface Page {
  readonly data: readonly Readonly<Record<string, string>>[];
  readonly nextCursor: string | null;
}

const repeats = 20;
const sorts = ['id', 'fullName', 'email', 'phone', 'status', 'timeZone', 'createdAt'].flatMap((field) => [
  field,
  `-${field}`,
]);

/** Every filter and order of the list of customers, with as many customers as are asked for. */
export async function benchCustomers(servers: BenchServers, { customers }: BenchOptions): Promise<void> {
  const url = withDatabase(servers.postgresUrl, 'bench_customers');
  await migrate({ url, directory: join(process.cwd(), 'prisma/edge/migrations') });
  const { PrismaClient } =
    await edge<typeof import('../../services/edge/src/db/generated/client.js')>('db/generated/client.js');
  const { listCustomers } = await edge<
    typeof import('../../services/edge/src/routes/customers/list-customers.js')
  >('routes/customers/list-customers.js');
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const database = createDatabase({ url, applicationName: 'bench', maxConnections: 2, logger });
  const prisma = new PrismaClient({
    adapter: prismaAdapter(database),
    log: [{ emit: 'event', level: 'query' }],
  });
  let asked = { query: '', params: '[]' };
  prisma.$on('query', (event) => {
    if (event.query.includes('"customers"')) asked = event;
  });
  const list = async (parameters: Parameters): Promise<Page> => {
    const request = { query: listCustomers.query!.parse(parameters) } as RouteRequest;
    const context = { reads: { primaryLists: prisma as unknown as PrismaClient } } as EdgeContext;
    return (await listCustomers.handler(context, request)).body as Page;
  };
  try {
    console.error(`Inserting ${whole(customers)} customers`);
    await insertCustomers(pool, customers);
    const rows: string[][] = [];
    for (const [what, parameters] of await questions(list, customers)) {
      const times: number[] = [];
      let found = 0;
      for (let i = 0; i < repeats; i++) {
        const startedAt = performance.now();
        found = (await list(parameters)).data.length;
        times.push(performance.now() - startedAt);
      }
      times.sort((a, b) => a - b);
      const plan = await explain(pool, asked);
      rows.push([
        `\`${what}\``,
        String(found),
        median(times).toFixed(1),
        percentile(times, 0.99).toFixed(1),
        whole(plan.buffers),
        plan.nodes,
      ]);
    }
    printTable(
      `GET /v1/customers, ${whole(customers)} customers`,
      ['question', 'rows', 'p50 ms', 'slowest of 20, ms', 'buffers', 'plan'],
      rows,
    );
  } finally {
    await prisma.$disconnect();
    await database.close();
    await pool.end();
  }
}

/** A part of the service that it does not export. */
function edge<T>(path: string): Promise<T> {
  return import(new URL(`../../../../services/edge/dist/${path}`, import.meta.url).href) as Promise<T>;
}

async function insertCustomers(pool: pg.Pool, customers: number): Promise<void> {
  await pool.query(
    `INSERT INTO customers (id, full_name, email, phone, status, time_zone, created_at, updated_at)
     SELECT gen_random_uuid(),
       (ARRAY['Ada', 'Alan', 'Barbara', 'Donald', 'Edsger', 'Frances', 'Grace', 'John', 'Katherine', 'Margaret'])[1 + n % 10]
         || ' ' || initcap(substr(md5((n % 50000)::text), 1, 8)),
       substr(md5(n::text), 1, 10) || n || '@example.com', '+1' || (2000000000 + n),
       CASE WHEN n % 100 = 0 THEN 'pending_verification' ELSE 'active' END,
       CASE WHEN n % 1000 = 0 THEN 'Asia/Tokyo' WHEN n % 3 = 0 THEN 'Europe/Berlin' ELSE 'UTC' END,
       timestamptz '2024-01-01' + n * interval '1 minute', now()
     FROM generate_series(1, $1::int) AS n`,
    [customers],
  );
  await pool.query('VACUUM ANALYZE customers');
}

/** Every filter, every order, a page in the middle of every order, and those together that a plan could go wrong with. */
async function questions(
  list: (parameters: Parameters) => Promise<Page>,
  customers: number,
): Promise<(readonly [string, Parameters])[]> {
  const someone = (await list({ 'phone[prefix]': `+1${2_000_000_000 + (customers >> 1)}` })).data[0]!;
  const { id, fullName, email, phone, createdAt } = someone as Record<string, string>;
  const hour = new Date(Date.parse(createdAt!) + 3_600_000).toISOString();
  const range = { 'createdAt[gte]': createdAt!, 'createdAt[lt]': hour };
  const filters: Parameters[] = [
    {},
    { id: id! },
    { email: email! },
    { phone: phone! },
    { fullName: fullName! },
    { status: 'active' },
    { status: 'pending_verification' },
    range,
    { 'createdAt[gte]': createdAt! },
    { 'fullName[prefix]': 'gra' },
    { 'fullName[prefix]': fullName!.slice(0, -3) },
    { 'email[prefix]': email!.slice(0, 4) },
    { 'phone[prefix]': phone!.slice(0, 8) },
    { 'email[prefix]': 'nobody@' },
    { timeZone: 'Asia/Tokyo' },
    { timeZone: 'Europe/Berlin' },
  ];
  const together: Parameters[] = [
    ...sorts.map((sort) => ({ status: 'pending_verification', sort })),
    { ...range, sort: 'fullName' },
    { ...range, status: 'pending_verification' },
    { 'fullName[prefix]': 'gra', sort: 'email' },
    { 'fullName[prefix]': 'gra', status: 'pending_verification' },
    { 'email[prefix]': email!.slice(0, 2), sort: 'fullName' },
    { fullName: fullName!, status: 'active', sort: 'phone' },
  ];
  const pages: (readonly [string, Parameters])[] = [];
  for (const sort of sorts) {
    const cursor = await middleOf(list, sort, someone);
    pages.push([`sort=${sort}&cursor=…`, { sort, cursor }]);
  }
  const all = [...filters, ...sorts.map((sort) => ({ sort })), ...together];
  return [...all.map((one) => [inWords(one), one] as const), ...pages];
}

/** The cursor behind `someone`, as a page that ends there would give it. */
async function middleOf(
  list: (parameters: Parameters) => Promise<Page>,
  sort: string,
  someone: Readonly<Record<string, string>>,
): Promise<string> {
  const first = (await list({ sort, limit: '1' })).nextCursor!;
  const cursor = JSON.parse(Buffer.from(first, 'base64url').toString()) as Record<string, unknown>;
  const field = sort.replace('-', '');
  return Buffer.from(JSON.stringify({ ...cursor, value: someone[field], tie: someone.id })).toString(
    'base64url',
  );
}

function inWords(parameters: Parameters): string {
  const text = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return text.length === 0 ? '(none)' : text.join('&');
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

async function explain(
  pool: pg.Pool,
  { query, params }: { query: string; params: string },
): Promise<{ nodes: string; buffers: number }> {
  const { rows } = await pool.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query}`, JSON.parse(params));
  const root = rows[0]['QUERY PLAN'][0].Plan as PlanNode;
  const name = (node: PlanNode): string[] => [
    node['Index Name'] === undefined ? node['Node Type'] : `${node['Node Type']} ${node['Index Name']}`,
    ...(node.Plans ?? []).flatMap(name),
  ];
  const nodes = name(root).filter((node) => node !== 'Limit');
  return { nodes: nodes.join(' < '), buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'] };
}
