import {
  type BodyOf,
  CancelScheduledTransfer,
  PostTransfer,
  ScheduleTransfer,
  TransactionCompleted,
  TransactionDeclined,
  TransferDeclined,
  TransferPosted,
  WalletStatusChanged,
} from '@florin/contracts';
import { createDatabase } from '@florin/database';
import { createLogger } from '@florin/observability';
import type { Service } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { findFxRate } from '../src/db/find-fx-rate.js';
import { insertFxRate } from '../src/db/insert-fx-rate.js';
import { occurrenceTransactionId } from '../src/domain/occurrence-id.js';
import { maxOpenSchedules } from '../src/domain/scheduled-transfer.js';
import { expireMovesJob } from '../src/jobs/expire-moves.js';
import { createTransactionService } from '../src/service.js';
import { createTransactionFixture, type TransactionFixture, transferBody } from './transaction-fixture.js';

// Two instances that share a clock, which the tests put forward and never back.
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };
function putForwardTo(instant: number): void {
  aheadMs += Math.max(0, instant - clock.now());
}

let fixture: TransactionFixture;
let second: Service;
beforeAll(async () => {
  // More than one delay: what waits for another message may have to wait more than once.
  fixture = await createTransactionFixture({ clock, env: { RETRY_DELAYS: '100ms,1s,10s' } });
  second = createTransactionService(fixture.config, { clock });
  await second.start();
  await fixture.defineType('transfer');
  await fixture.allow('transfer', 'personal-usd', 'business-usd');
});
afterAll(async () => {
  await second?.stop();
  await fixture?.close();
});

const day = 24 * 3_600_000;

interface Row {
  readonly status: string;
  readonly end_reason: string | null;
  readonly next_run_at: Date | null;
  readonly description: string | null;
}

async function rowOf(id: string): Promise<Row | undefined> {
  const text = 'SELECT status, end_reason, next_run_at, description FROM scheduled_transfers WHERE id = $1';
  return (await fixture.pool.query<Row>(text, [id])).rows[0];
}

/** What became of the occurrences of a schedule, in their order. */
async function historyOf(
  id: string,
): Promise<{ at: number; outcome: string; transactionId: string | null }[]> {
  const { rows } = await fixture.pool.query(
    `SELECT occurs_at, outcome, transaction_id FROM scheduled_occurrences
      WHERE scheduled_transfer_id = $1 ORDER BY occurs_at`,
    [id],
  );
  return rows.map((row) => ({
    at: row.occurs_at.getTime(),
    outcome: row.outcome,
    transactionId: row.transaction_id,
  }));
}

function scheduleBody(more: Partial<BodyOf<ScheduleTransfer>> = {}): BodyOf<ScheduleTransfer> {
  const { transactionId, origin: _, sourceOwnerId: ownerId, quoteId: _quote, ...transfer } = transferBody();
  const times = { runAt: null, cron: '0 9 * * *', timeZone: 'Europe/Berlin', endsAt: null };
  const missedRunPolicy = 'run-once';
  return { scheduledTransferId: transactionId, ownerId, ...transfer, ...times, missedRunPolicy, ...more };
}

/** @param key what the message follows: others with the same key */
async function sendSchedule(body: BodyOf<ScheduleTransfer>, key = body.scheduledTransferId): Promise<string> {
  await fixture.peer.send(ScheduleTransfer, key, body, { actor: `customer:${body.ownerId}` });
  await eventually('the schedule', () => rowOf(body.scheduledTransferId));
  return body.scheduledTransferId;
}

const schedule = (more: Partial<BodyOf<ScheduleTransfer>> = {}) => sendSchedule(scheduleBody(more));

/** Puts the clock forward to the next occurrence of a schedule and returns when that was. */
async function runNext(id: string): Promise<number> {
  const due = (await rowOf(id))!.next_run_at!.getTime();
  putForwardTo(due);
  await eventually('the occurrence', async () =>
    (await historyOf(id)).some(({ at }) => at === due) ? true : undefined,
  );
  return due;
}

const posted = (transactionId: string) =>
  fixture.heard(PostTransfer, (command) => command.transactionId === transactionId);

describe('a recurring transfer', () => {
  test('is made once at each of its times, by whichever instance', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => schedule()));
    const due: number[] = [];
    for (let i = 0; i < 4; i++) {
      due.push(await runNext(ids[0]!));
      for (const id of ids) {
        await eventually(`run ${i} of ${id}`, async () =>
          (await historyOf(id)).length === i + 1 ? true : undefined,
        );
      }
    }
    expect(due.map((at) => new Date(at).toLocaleTimeString('de', { timeZone: 'Europe/Berlin' }))).toEqual(
      due.map(() => '09:00:00'),
    );
    const expected = ids.flatMap((id) => due.map((at) => occurrenceTransactionId(id, at)));
    for (const id of ids) {
      expect((await historyOf(id)).map(({ at, transactionId }) => [at, transactionId])).toEqual(
        due.map((at) => [at, occurrenceTransactionId(id, at)]),
      );
    }
    await Promise.all(expected.map(posted));
    // The clock has gone on by days: what the ledger has not answered is asked again, about the same transactions.
    const sent = new Set(fixture.peer.heard(PostTransfer).map(({ value }) => value.transactionId));
    expect([...sent].sort()).toEqual(expected.sort());
    await Promise.all(ids.map((id) => cancel(id)));
  });

  test('goes on after an occurrence that is declined', async () => {
    const id = await schedule();
    const first = occurrenceTransactionId(id, await runNext(id));
    await posted(first);
    await fixture.peer.send(TransferDeclined, first, { transactionId: first, reason: 'insufficient-funds' });
    const declined = await fixture.heard(TransactionDeclined, (event) => event.transactionId === first);
    expect(declined).toMatchObject({
      declineReason: 'insufficient-funds',
      origin: { kind: 'scheduled-transfer', id },
    });
    const next = occurrenceTransactionId(id, await runNext(id));
    const command = await posted(next);
    const event = {
      transactionId: next,
      currency: 'USD',
      postedAt: clock.now(),
      entries: [],
      exchange: null,
    };
    expect(command.amount).toBe(1_000);
    await fixture.peer.send(TransferPosted, next, event);
    const completed = await fixture.heard(
      TransactionCompleted,
      ({ transactionId }) => transactionId === next,
    );
    expect(completed.origin).toEqual({ kind: 'scheduled-transfer', id });
    await cancel(id);
  });

  test('deals with what it missed by its policy', async () => {
    const policies = ['skip', 'run-once', 'run-all'] as const;
    const ids = await Promise.all(policies.map((missedRunPolicy) => schedule({ missedRunPolicy })));
    const first = (await rowOf(ids[0]!))!.next_run_at!.getTime();
    putForwardTo(first + 10 * day + day / 2);
    const outcomes = await Promise.all(
      ids.map((id) =>
        eventually('what was missed', async () => {
          // The step to the next time commits together with the occurrences: with one, all of them are there.
          const { next_run_at } = (await rowOf(id))!;
          if (next_run_at!.getTime() <= clock.now()) return undefined;
          return (await historyOf(id)).map(({ outcome }) => outcome);
        }),
      ),
    );
    expect(outcomes).toEqual([['skipped'], ['submitted'], Array.from({ length: 11 }, () => 'submitted')]);
    await Promise.all(ids.map((id) => cancel(id)));
  });

  test('is completed with its last occurrence', async () => {
    const id = await schedule({ timeZone: 'UTC', endsAt: clock.now() + 2 * day - 1 });
    await runNext(id);
    await runNext(id);
    expect(await rowOf(id)).toMatchObject({ status: 'completed', next_run_at: null });
  });
});

describe('a transfer that is scheduled once', () => {
  test('is made then, and the schedule is completed', async () => {
    const runAt = clock.now() + 3_600_000;
    const id = await schedule({ runAt, cron: null, timeZone: null });
    expect(await historyOf(id)).toEqual([]);
    expect(await runNext(id)).toBe(runAt);
    const { transactionId } = (await historyOf(id))[0]!;
    expect(await posted(transactionId!)).toMatchObject({ amount: 1_000, description: 'rent' });
    expect(await rowOf(id)).toMatchObject({ status: 'completed', end_reason: null });
  });
});

describe('a schedule', () => {
  test('that is cancelled runs no more', async () => {
    const id = await schedule();
    const due = (await rowOf(id))!.next_run_at!.getTime();
    expect(await cancel(id)).toMatchObject({ status: 'cancelled', end_reason: 'by-customer' });
    // Who comes later has not cancelled it.
    await cancel(id, 'key:second');
    // Others are due at the same moment: when they have run, this one has been passed over.
    const other = await schedule();
    putForwardTo(due);
    await runNext(other);
    expect(await historyOf(id)).toEqual([]);
    expect(await cancel(other, 'key:back-office')).toMatchObject({ end_reason: 'by-api-key' });
    expect(await rowOf(id)).toMatchObject({ end_reason: 'by-customer' });
  });

  test('is cancelled, too, by a cancellation that has overtaken it', async () => {
    const body = scheduleBody();
    const id = body.scheduledTransferId;
    const actor = `customer:${body.ownerId}`;
    await fixture.peer.send(CancelScheduledTransfer, id, { scheduledTransferId: id }, { actor });
    // Behind it in the same partition: when that is there, the cancellation has been tried and waits to be tried again.
    await cancel(await sendSchedule(scheduleBody(), id));
    await sendSchedule(body);
    const row = await eventually('the end', async () => {
      const now = await rowOf(id);
      return now?.status === 'active' ? undefined : now;
    });
    expect(row).toMatchObject({ status: 'cancelled', end_reason: 'by-customer' });
  });

  test('that cannot be run is held back, and the others run without it', async () => {
    const [bad, good] = [await schedule({ missedRunPolicy: 'run-all' }), await schedule()];
    const zone = (name: string) =>
      fixture.pool.query('UPDATE scheduled_transfers SET time_zone = $2 WHERE id = $1', [bad, name]);
    await zone('Atlantis/Capital');
    const due = await runNext(good);
    expect(await historyOf(bad)).toEqual([]);
    const heldUntil = async (): Promise<number> => {
      const text = 'SELECT held_until FROM scheduled_transfers WHERE id = $1';
      return (await fixture.pool.query(text, [bad])).rows[0].held_until?.getTime() ?? 0;
    };
    await eventually('the other to be held back', async () => ((await heldUntil()) > 0 ? true : undefined));
    // Once it is mended, the time that was due is made up for.
    await zone('Europe/Berlin');
    await eventually('the run', async () => {
      putForwardTo(await heldUntil());
      return (await historyOf(bad)).length === 1 ? true : undefined;
    });
    expect((await historyOf(bad)).map(({ at, outcome }) => [at, outcome])).toEqual([[due, 'submitted']]);
    await Promise.all([cancel(bad), cancel(good)]);
  });

  test('ends when one of its wallets is closed', async () => {
    const { sourceWalletId } = transferBody();
    const id = await schedule({ sourceWalletId });
    await close(sourceWalletId);
    expect(await endOf(id)).toMatchObject(closed);
    // One that is made after that is refused.
    expect(await rowOf(await schedule({ destinationWalletId: sourceWalletId }))).toMatchObject(closed);
  });

  test('that was being made while its wallet was closed ends instead of being run', async () => {
    const { destinationWalletId } = transferBody();
    const id = await schedule({ destinationWalletId });
    // What the closing leaves behind when it has not seen the schedule, which was not committed.
    await fixture.pool.query('INSERT INTO closed_wallets (wallet_id) VALUES ($1)', [destinationWalletId]);
    const other = await schedule();
    await runNext(other);
    expect(await endOf(id)).toMatchObject(closed);
    expect(await historyOf(id)).toEqual([]);
    await cancel(other);
  });

  test('is one of a hundred of its customer, however many are made at a time', async () => {
    const { sourceWalletId, sourceOwnerId: ownerId } = transferBody();
    const ids = await Promise.all(
      Array.from({ length: maxOpenSchedules + 10 }, () => schedule({ sourceWalletId, ownerId })),
    );
    const rows = await Promise.all(ids.map(rowOf));
    const refused = rows.filter((row) => row?.end_reason === 'too-many-scheduled-transfers');
    expect(refused.map((row) => row?.status)).toEqual(Array.from({ length: 10 }, () => 'cancelled'));
    expect(rows.filter((row) => row?.status === 'active')).toHaveLength(maxOpenSchedules);
    await close(sourceWalletId);
    for (const id of ids) await endOf(id);
  });
});

const closed = { status: 'cancelled', end_reason: 'wallet-closed', next_run_at: null, description: null };

function close(walletId: string): Promise<string> {
  const body = { changeId: uuidv7(), walletId, ownerId: uuidv7(), status: 'closed', reason: null };
  return fixture.peer.send(WalletStatusChanged, walletId, body);
}

function endOf(id: string): Promise<Row> {
  return eventually('the end', async () => {
    const row = await rowOf(id);
    return row?.status === 'active' ? undefined : row;
  });
}

async function cancel(id: string, actor = 'customer:ada'): Promise<Row> {
  await fixture.peer.send(CancelScheduledTransfer, id, { scheduledTransferId: id }, { actor });
  return endOf(id);
}

test('a rate that arrives late does not come back into force', async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = fixture.config.TRANSACTION_DATABASE_URL;
  const database = createDatabase({ url, applicationName: 'rates', maxConnections: 1, logger });
  const pair = { sourceCurrency: 'USD', destinationCurrency: 'GBP' };
  const [early, late, twin] = [uuidv7(), uuidv7(), uuidv7()];
  const arrivals = [
    [late, 2_000],
    [twin, 2_000],
    [early, 1_000],
  ] as const;
  const versions = [];
  for (const [fxRateId, definedAt] of arrivals) {
    const command = { ...pair, fxRateId, rate: '0.8', marginBasisPoints: 0 };
    versions.push(await database.transaction((tx) => insertFxRate(tx, command, new Date(definedAt))));
  }
  expect(versions).toEqual([1, 2, 3]);
  expect(await database.transaction((tx) => findFxRate(tx, 'USD', 'GBP'))).toMatchObject({
    id: twin,
    definedAt: 2_000,
  });
  await database.close();
});

test('quotes that nobody used and occurrences of long ago are deleted', async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = fixture.config.TRANSACTION_DATABASE_URL;
  const database = createDatabase({ url, applicationName: 'expiry', maxConnections: 1, logger });
  const [rateId, unused, used, fresh, scheduleId] = Array.from({ length: 5 }, () => uuidv7());
  const ago = (days: number) => new Date(clock.now() - days * day);
  await fixture.pool.query(
    `INSERT INTO fx_rates (id, source_currency, destination_currency, rate, margin_basis_points, version, defined_at)
     VALUES ($1, 'USD', 'EUR', '0.9', 0, 1, now())`,
    [rateId],
  );
  await fixture.pool.query(
    `INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate,
                            fx_rate_id, expires_at, transaction_id)
     SELECT q.id, q.id, 'USD', 'EUR', 10, 9, '0.9', $1, q.expires_at, q.transaction_id
       FROM unnest($2::uuid[], $3::timestamptz[], $4::uuid[]) AS q (id, expires_at, transaction_id)`,
    [rateId, [unused, used, fresh], [ago(2), ago(2), ago(0)], [null, uuidv7(), null]],
  );
  await fixture.pool.query(
    `INSERT INTO scheduled_transfers
       (id, owner_id, type, source_wallet_id, source_wallet_type, destination_wallet_id, destination_wallet_type,
        destination_owner_id, amount, currency, run_at, missed_run_policy, status, version, created_at)
     VALUES ($1, $1, 'transfer', $1, 'a', $1, 'b', $1, 5, 'USD', now(), 'skip', 'completed', 1, now())`,
    [scheduleId],
  );
  await fixture.pool.query(
    `INSERT INTO scheduled_occurrences (scheduled_transfer_id, occurs_at, outcome, recorded_at)
     SELECT $1, at, 'skipped', at FROM unnest($2::timestamptz[]) AS at`,
    [scheduleId, [ago(91), ago(89)]],
  );
  const job = expireMovesJob({ clock, database, logger });
  job.start();
  job.wake();
  // They go last.
  await eventually('the old occurrence to go', async () =>
    (await historyOf(scheduleId!)).length < 2 ? true : undefined,
  );
  await job.stop();
  await database.close();
  const { rows } = await fixture.pool.query('SELECT id FROM fx_quotes WHERE fx_rate_id = $1', [rateId]);
  expect(rows.map(({ id }) => id).sort()).toEqual([used, fresh].sort());
  expect(await historyOf(scheduleId!)).toHaveLength(1);
});
