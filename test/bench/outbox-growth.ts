import { randomUUID } from 'node:crypto';
import { OpenWallet } from '@florin/contracts';
import type { Messaging } from '@florin/messaging';
import type { BenchServers } from './bench-servers.js';
import { MessagingWorld, until } from './messaging-world.js';
import { median, printTable, whole } from './report.js';

const publishedMetric = 'outbox_published_messages_total';
const messages = 1_000_000;
const perCommit = 500;
/** What may wait: the benchmark is about the table, not about a backlog. */
const maxWaiting = 20_000;
const payload = Buffer.alloc(220, 7);

interface Sample {
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** A million messages through one outbox, and once more while a transaction keeps VACUUM from removing anything. */
export async function benchOutbox(servers: BenchServers): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const snapshot of [false, true]) rows.push(await million(servers, snapshot));
  printTable(
    `Outbox, ${whole(messages)} messages`,
    ['', 'table and index, at most MiB', 'at the end, MiB', 'a lone message before, ms', 'and after, ms'],
    rows,
  );
}

async function million(servers: BenchServers, withSnapshot: boolean): Promise<(string | number)[]> {
  const world = await MessagingWorld.create(servers);
  const { pool } = world.database;
  const core = world.messaging();
  await core.start();
  const reader = await pool.connect();
  try {
    const before = await publishLatency(world, core);
    if (withSnapshot) {
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT count(*) FROM outbox');
    }
    const samples: Sample[] = [];
    const published = () => world.counted(publishedMetric);
    const start = await published();
    for (let sent = 0; sent < messages; sent += perCommit) {
      await insertRows(world, perCommit);
      await until(async () => (await published()) - start > sent - maxWaiting);
      if (sent % 50_000 === 0) samples.push(await size(world));
    }
    await until(async () => (await published()) - start >= messages);
    const last = await size(world);
    const after = await publishLatency(world, core);
    const most = Math.max(...[...samples, last].map(({ tableBytes, indexBytes }) => tableBytes + indexBytes));
    return [
      withSnapshot ? 'while a transaction stays open all the time' : 'by itself',
      mebibytes(most),
      mebibytes(last.tableBytes + last.indexBytes),
      before.toFixed(1),
      after.toFixed(1),
    ];
  } finally {
    await reader.query('ROLLBACK');
    reader.release();
    await core.stop();
    await world.close();
  }
}

async function insertRows(world: MessagingWorld, count: number): Promise<void> {
  await world.database.pool.query({
    name: 'bench-insert',
    text: `INSERT INTO outbox (shard, topic, key, value)
           SELECT i % 8, $1, gen_random_uuid(), $2 FROM generate_series(1, $3::int) AS i`,
    values: [`${world.prefix}customer.events`, payload, count],
  });
}

async function size(world: MessagingWorld): Promise<Sample> {
  const { rows } = await world.database.pool.query<Sample>(
    `SELECT pg_table_size('outbox') AS "tableBytes", pg_indexes_size('outbox') AS "indexBytes"`,
  );
  return rows[0]!;
}

/** How long a lone message takes from its commit until Kafka has it: select and send, in the median. */
async function publishLatency(world: MessagingWorld, core: Messaging): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < 100; i++) {
    const before = await world.counted(publishedMetric);
    const id = randomUUID();
    await core.transaction(async (unit) => {
      unit.send(OpenWallet, id, { walletId: id, ownerId: id, walletType: 'personal-usd', name: null });
    });
    const startedAt = performance.now();
    while ((await world.counted(publishedMetric)) === before) await nextTurn();
    taken.push(performance.now() - startedAt);
  }
  return median(taken);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
