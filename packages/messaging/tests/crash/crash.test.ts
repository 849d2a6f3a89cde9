import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '@florin/database';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { allNotes, kindOfNote, messageCount, walletOf } from './workload.js';

const victimProgram = fileURLToPath(
  new URL('../../../../test/dist/packages/messaging/tests/crash/victim.js', import.meta.url),
);
const harness = new Harness();
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await harness.close();
});

/** Where the process dies, and at which of its visits there. */
const points: [string, number][] = [
  ['before:insert-outbox', 20],
  ['after:insert-outbox', 20],
  ['before:COMMIT', 25],
  ['after:COMMIT', 25],
  ['before:send', 4],
  ['after:send', 4],
  ['before:delete-outbox', 3],
  ['after:delete-outbox', 3],
  ['before:claim-inbox', 4],
  ['after:claim-inbox', 4],
  ['after:resolve-offset', 3],
  ['before:send-retry', 1],
  ['after:send-retry', 1],
  ['before:send-dlq', 1],
  ['after:send-dlq', 1],
];

function start(database: Database, topicPrefix: string, dieAt?: [string, number]): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', victimProgram], {
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      TOPIC_PREFIX: topicPrefix,
      DIE_AT: dieAt?.[0] ?? '',
      DIE_OCCURRENCE: String(dieAt?.[1] ?? 0),
    },
    stdio: ['ignore', 'ignore', process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Exit code and signal. */
async function exitOf(child: ChildProcess): Promise<[number | null, string | null]> {
  return (await once(child, 'exit', { signal: AbortSignal.timeout(120_000) })) as [
    number | null,
    string | null,
  ];
}

async function column(database: Database, sql: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ note: string }>(sql);
  return rows.map(({ note }) => note);
}

async function survives([point, occurrence]: [string, number]): Promise<void> {
  const database = await harness.database();
  const topicPrefix = `${harness.topicPrefix}${points.findIndex(([name]) => name === point)}-`;
  await database.pool.query(`CREATE TABLE seen (id bigint GENERATED ALWAYS AS IDENTITY, note text);
    CREATE TABLE produced (n int PRIMARY KEY);
    CREATE TABLE letters (topic text, partition int, record_offset bigint, note text,
      PRIMARY KEY (topic, partition, record_offset))`);
  const [, signal] = (await once(start(database, topicPrefix, [point, occurrence]), 'exit')) as [
    null,
    string,
  ];
  expect(signal).toBe('SIGKILL');

  const survivor = start(database, topicPrefix);
  const finished = allNotes.filter((note) => kindOfNote(note) !== 'poison').sort();
  const poison = allNotes.filter((note) => kindOfNote(note) === 'poison');
  await eventually(async () => {
    const [seen, letters, outbox] = await Promise.all([
      column(database, 'SELECT note FROM seen'),
      column(database, 'SELECT DISTINCT note FROM letters'),
      column(database, 'SELECT key AS note FROM outbox'),
    ]);
    const done = seen.length >= finished.length && letters.length >= poison.length && outbox.length === 0;
    return done ? true : undefined;
  }, 120_000);
  survivor.kill('SIGTERM');
  expect((await exitOf(survivor))[0]).toBe(0);

  const effects = await column(database, 'SELECT note FROM effects ORDER BY id');
  expect([...effects].sort()).toEqual(finished);
  expect((await column(database, 'SELECT note FROM seen')).sort()).toEqual(finished);
  expect(await column(database, 'SELECT DISTINCT note FROM letters ORDER BY note')).toEqual(poison);
  for (let key = 0; key < 5; key++) {
    const healthy = effects.filter(
      (note) => kindOfNote(note) === 'healthy' && walletOf(Number.parseInt(note, 10)) === walletOf(key),
    );
    expect(healthy).toEqual([...healthy].sort());
  }
}

describe(`SIGKILL while ${messageCount} messages are on their way loses, repeats and reorders nothing`, () => {
  // Most of the time passes while Kafka waits for the dead member, so several points are visited at once.
  test.each([
    ['producing and publishing', points.slice(0, 5)],
    ['publishing and consuming', points.slice(5, 10)],
    ['consuming and failing', points.slice(10)],
  ])(
    '%s',
    async (_name, some) => {
      const results = await Promise.allSettled(some.map(survives));
      const failures = results.flatMap((result, i) =>
        result.status === 'rejected' ? [`${some[i]![0]}: ${result.reason}`] : [],
      );
      expect(failures).toEqual([]);
    },
    300_000,
  );
});
