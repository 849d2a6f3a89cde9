import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { column, type DeathPoint, exitOf, expectAllToSurvive, Victims } from './victims.js';
import { allNotes, kindOfNote, walletOf } from './workload.js';

const patienceMs = 120_000;
const victims = new Victims('ordering-victim');
const harness = new Harness();
afterAll(async () => {
  victims.killAll();
  await harness.close();
});

const points: readonly DeathPoint[] = [
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

async function survives(dieAt: DeathPoint): Promise<void> {
  const database = await harness.database();
  const topicPrefix = `${harness.topicPrefix}${points.indexOf(dieAt)}-`;
  await database.pool.query(`CREATE TABLE produced (n int PRIMARY KEY);
    CREATE TABLE letters (topic text, partition int, record_offset bigint, note text, discard json,
      discarded bool NOT NULL DEFAULT false, PRIMARY KEY (topic, partition, record_offset))`);
  expect((await exitOf(victims.start(database, topicPrefix, dieAt)))[1]).toBe('SIGKILL');

  const survivor = victims.start(database, topicPrefix);
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
  ])('%s', (_name, some) => expectAllToSurvive(some, survives), 300_000);
});
