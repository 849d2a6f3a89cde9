import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '@florin/database';
import { afterAll, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { createAggregates, expectAllInOrder, isAllNoted, noteAll } from './aggregates.js';

const writerProgram = fileURLToPath(
  new URL('../../../../test/dist/packages/messaging/tests/crash/writer.js', import.meta.url),
);
const harness = new Harness();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await harness.close();
});

function startWriter(database: Database, instance: string): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', writerProgram], {
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      TOPIC_PREFIX: harness.topicPrefix,
      INSTANCE: instance,
    },
    stdio: ['ignore', 'ignore', process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore'],
  });
  children.push(child);
  return child;
}

/** Who deleted rows of the outbox, by shard and epoch of the lease. */
async function recordDeletions(database: Database): Promise<void> {
  await database.pool.query(`CREATE TABLE deletion (shard int, epoch bigint, instance text, UNIQUE (shard, epoch, instance));
    CREATE FUNCTION record_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO deletion SELECT OLD.shard, epoch, current_setting('application_name')
        FROM outbox_lease WHERE shard = OLD.shard ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER record_deletion AFTER DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION record_deletion()`);
}

async function epochs(database: Database): Promise<string> {
  const { rows } = await database.pool.query<{ epochs: string }>(
    `SELECT coalesce(string_agg(epoch::text, ',' ORDER BY shard), '') AS epochs FROM outbox_lease`,
  );
  return rows[0]!.epochs;
}

test('a relay that sleeps past its lease deletes nothing, and nothing is lost, repeated or out of order', async () => {
  const written = await harness.database();
  const noted = await harness.database();
  await createAggregates(written);
  await recordDeletions(written);
  const reader = harness.messaging('reader', noted);
  noteAll(reader);
  await reader.start();

  // The first one gets all leases; each takes over from the other while that one sleeps.
  const holder = startWriter(written, 'one');
  await eventually(async () => ((await epochs(written)) === '' ? undefined : true), 60_000);
  const standBy = startWriter(written, 'two');
  await eventually(async () => {
    const { rowCount } = await written.pool.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'two' AND query LIKE 'UPDATE aggregate%'`,
    );
    return rowCount! > 0 ? true : undefined;
  }, 60_000);
  for (const sleeper of [holder, standBy, holder]) {
    const before = await epochs(written);
    sleeper.kill('SIGSTOP');
    await eventually(async () => ((await epochs(written)) !== before ? true : undefined), 60_000);
    sleeper.kill('SIGCONT');
  }
  await written.pool.query('UPDATE control SET stop = true');
  await eventually(async () => ((await isAllNoted(written, noted)) ? true : undefined), 60_000);
  await expectAllInOrder(written, noted);

  for (const child of [holder, standBy]) {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
  const { rows } = await written.pool.query(
    `SELECT shard, epoch, array_agg(instance) AS instances FROM deletion GROUP BY 1, 2 HAVING count(*) > 1`,
  );
  expect(rows).toEqual([]);
  const left = await written.pool.query('SELECT FROM outbox');
  expect(left.rowCount).toBe(0);
}, 240_000);
