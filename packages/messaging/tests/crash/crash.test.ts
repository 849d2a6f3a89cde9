import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { column, type DeathPoint, exitOf, expectAllToSurvive, Victims } from './victims.js';
import { allNotes, kindOfNote, messageCount, walletOf } from './workload.js';

const victims = new Victims('victim');
const harness = new Harness();
afterAll(async () => {
  victims.killAll();
  await harness.close();
});

const points: readonly DeathPoint[] = [
  ['before:insert-outbox', 20],
  ['after:insert-outbox', 20],
  ['before:COMMIT', 25],
  ['after:COMMIT', 25],
  ['before:send', 4],
  ['after:send', 4],
  ['before:delete-outbox', 3],
  ['after:delete-outbox', 3],
  ['before:claim-new', 4],
  ['after:claim-new', 4],
  ['after:resolve-offset', 3],
  ['before:send-retry', 1],
  ['after:send-retry', 1],
  ['before:send-dlq', 1],
  ['after:send-dlq', 1],
];

async function survives(dieAt: DeathPoint): Promise<void> {
  const database = await harness.database();
  const topicPrefix = `${harness.topicPrefix}${points.indexOf(dieAt)}-`;
  await database.pool.query(`CREATE TABLE seen (id bigint GENERATED ALWAYS AS IDENTITY, note text);
    CREATE TABLE produced (n int PRIMARY KEY);
    CREATE TABLE letters (topic text, partition int, record_offset bigint, note text,
      PRIMARY KEY (topic, partition, record_offset))`);
  expect((await exitOf(victims.start(database, topicPrefix, dieAt)))[1]).toBe('SIGKILL');

  const survivor = victims.start(database, topicPrefix);
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
  test.each([
    ['producing and publishing', points.slice(0, 5)],
    ['publishing and consuming', points.slice(5, 10)],
    ['consuming and failing', points.slice(10)],
  ])('%s', (_name, some) => expectAllToSurvive(some, survives), 300_000);
});
