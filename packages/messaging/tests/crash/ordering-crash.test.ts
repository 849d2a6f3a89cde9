import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '@florin/database';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { allNotes, kindOfNote, walletOf } from './workload.js';

const victimProgram = fileURLToPath(
  new URL('../../../../test/dist/packages/messaging/tests/crash/ordering-victim.js', import.meta.url),
);
const patienceMs = 120_000;
const harness = new Harness();
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await harness.close();
});

/** Where the process dies, and at which of its visits there. */
const points: [string, number][] = [
  ['before:close-gates', 1],
  ['after:insert-parked', 1],
  ['before:send-retry', 1],
  ['before:send-dlq', 1],
  ['before:forget-routed', 1],
  ['after:forget-routed', 2],
  ['after:release-gates', 1],
  ['after:next-parked', 1],
  ['before:delete-parked', 1],
  ['after:remove-empty-gates', 1],
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
  return (await once(child, 'exit', { signal: AbortSignal.timeout(patienceMs) })) as [
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
  await database.pool.query(`CREATE TABLE produced (n int PRIMARY KEY);
    CREATE TABLE letters (topic text, partition int, record_offset bigint, note text, discard json,
      discarded bool NOT NULL DEFAULT false, PRIMARY KEY (topic, partition, record_offset))`);
  expect((await exitOf(start(database, topicPrefix, [point, occurrence])))[1]).toBe('SIGKILL');

  const survivor = start(database, topicPrefix);
  const finished = allNotes.filter((note) => kindOfNote(note) !== 'poison').sort();
  const poison = allNotes.filter((note) => kindOfNote(note) === 'poison');
  await eventually(async () => {
    const [effects, letters, waiting] = await Promise.all([
      column(database, 'SELECT note FROM effects'),
      column(database, 'SELECT DISTINCT note FROM letters'),
      column(database, 'SELECT key AS note FROM gate UNION ALL SELECT key FROM parked'),
    ]);
    const done = effects.length >= finished.length && letters.length >= poison.length && waiting.length === 0;
    return done ? true : undefined;
  }, patienceMs);
  survivor.kill('SIGTERM');
  expect((await exitOf(survivor))[0]).toBe(0);

  const effects = await column(database, 'SELECT note FROM effects ORDER BY id');
  expect([...effects].sort()).toEqual(finished);
  expect(await column(database, 'SELECT DISTINCT note FROM letters ORDER BY note')).toEqual(poison);
  // What failed once and what came behind it included.
  for (let key = 0; key < 5; key++) {
    const ofKey = effects.filter((note) => walletOf(Number.parseInt(note, 10)) === walletOf(key));
    expect(ofKey).toEqual([...ofKey].sort());
  }
}

describe('SIGKILL while keys wait for failed messages loses, repeats and reorders nothing', () => {
  test.each([
    ['closing gates and routing', points.slice(0, 5)],
    ['opening gates and releasing', points.slice(5)],
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
