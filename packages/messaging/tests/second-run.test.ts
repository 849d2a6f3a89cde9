import type { Database } from '@florin/database';
import { type Messaging, PermanentError, type UnitOfWork } from '@florin/messaging';
import { createMetrics } from '@florin/observability';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Harness, notes } from './harness.js';

const harness = new Harness();
const metrics = createMetrics('second-run');
let database: Database;
let messaging: Messaging;
/** What each run of the work was told. */
let runs: boolean[];

beforeAll(async () => {
  database = await harness.database();
  await database.pool.query('CREATE TABLE things (id int PRIMARY KEY)');
  messaging = harness.messaging('second-run', database, { metrics });
});
beforeEach(async () => {
  runs = [];
  await database.pool.query('TRUNCATE things; INSERT INTO things VALUES (1); TRUNCATE effects');
});
afterAll(() => harness.close());

const insert = ({ tx, expectsNew }: UnitOfWork, id: number) =>
  tx.query(`INSERT INTO things VALUES (${id}) ${expectsNew ? '' : 'ON CONFLICT DO NOTHING'}`);

/** Inserts the things, and has another effect. */
const take = (...ids: number[]) =>
  messaging.transaction(
    async (unit) => {
      runs.push(unit.expectsNew);
      for (const id of ids) unit.pending(insert(unit, id));
      await unit.tx.query(`INSERT INTO effects (note) VALUES ('${ids}')`);
    },
    { expectsNew: true },
  );

async function secondRuns(): Promise<number> {
  return (await metrics.getSingleMetric('messaging_second_runs_total')!.get()).values[0]!.value;
}

describe('a transaction that expects what it inserts to be new', () => {
  test('runs once when it is', async () => {
    const before = await secondRuns();
    await take(2, 3);
    expect(runs).toEqual([true]);
    expect(await notes(database)).toEqual(['2,3']);
    expect(await secondRuns()).toBe(before);
  });

  test('runs again with care when something is known, and has its effects once', async () => {
    const before = await secondRuns();
    await take(2, 1, 3);
    expect(runs).toEqual([true, false]);
    expect(await notes(database)).toEqual(['2,1,3']);
    const { rows } = await database.pool.query('SELECT id FROM things ORDER BY id');
    expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await secondRuns()).toBe(before + 1);
  });

  test('runs again also when its work gave up before the answer', async () => {
    const work = messaging.transaction(
      async (unit) => {
        runs.push(unit.expectsNew);
        unit.pending(insert(unit, 1));
        throw new PermanentError('given-up', 'without waiting for anything');
      },
      { expectsNew: true },
    );
    await expect(work).rejects.toMatchObject({ code: 'given-up' });
    expect(runs).toEqual([true, false]);
  });

  test('fails at once when nothing was known, and with the first thing that failed', async () => {
    const givingUp = (statement: string) =>
      messaging.transaction(
        async (unit) => {
          runs.push(unit.expectsNew);
          unit.pending(unit.tx.query(statement));
          throw new PermanentError('given-up', 'without waiting for anything');
        },
        { expectsNew: true },
      );
    await expect(givingUp('SELECT 1')).rejects.toMatchObject({ code: 'given-up' });
    await expect(givingUp('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect(runs).toEqual([true, true]);
  });

  test('is not run a third time when it meets something known with care', async () => {
    const work = messaging.transaction(
      async (unit) => {
        runs.push(unit.expectsNew);
        unit.pending(unit.tx.query('INSERT INTO things VALUES (1)'));
      },
      { expectsNew: true },
    );
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(runs).toEqual([true, false]);
  });
});
