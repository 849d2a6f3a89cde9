import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createLedgerFixture, type LedgerFixture, transfer } from './ledger-fixture.js';

/** What the database refuses even to the owner of its tables: each statement here is one that a bug could send. */
let ledger: LedgerFixture;
let a: string;
let b: string;
beforeAll(async () => {
  ledger = await createLedgerFixture();
  a = await ledger.openWallet(100);
  b = await ledger.openWallet(0);
  await ledger.post(transfer(a, b, 10));
});
afterAll(() => ledger.close());

const sql = (text: string, values: unknown[] = []) => ledger.owner.pool.query(text, values);

interface Line {
  readonly wallet: string;
  readonly sequence: number;
  readonly amount: number;
  readonly posted: number;
  readonly heldChange?: number;
  readonly held?: number;
  readonly available?: number;
  readonly hold?: string;
  readonly at?: Date;
}

/** The lines of one posting, written as they are. */
function write(...lines: Line[]) {
  const transactionId = uuidv7();
  return sql(
    `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, held_change, posted, held, available, hold_id,
                          posted_at)
     SELECT gen_random_uuid(), $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                                                 $7::bigint[], $8::bigint[], $9::uuid[], $10::timestamptz[])`,
    [
      transactionId,
      lines.map((line) => line.wallet),
      lines.map((line) => line.sequence),
      lines.map((line) => line.amount),
      lines.map((line) => line.heldChange ?? 0),
      lines.map((line) => line.posted),
      lines.map((line) => line.held ?? 0),
      lines.map((line) => line.available ?? line.posted - (line.held ?? 0)),
      lines.map((line) => line.hold ?? null),
      lines.map((line) => line.at ?? new Date()),
    ],
  );
}

/** What moves `amount` from `a`, which has 90 and two entries, to `b`, which has 10 and one. */
function lines(amount: number): [Line, Line] {
  return [
    { wallet: a, sequence: 3, amount: -amount, posted: 90 - amount },
    { wallet: b, sequence: 2, amount, posted: 10 + amount },
  ];
}

function holdRow(id: string, more: { remaining?: number; wallet?: string } = {}): Promise<unknown> {
  return sql(
    `INSERT INTO holds (id, wallet_id, currency, amount, remaining, status, placed_at, expires_at)
     VALUES ($1, $2, 'USD', 5, $3, 'open', now(), now())`,
    [id, more.wallet ?? a, more.remaining ?? 5],
  );
}

const leadToBalance = { constraint: 'entries_lead_to_balance' };

describe('the database refuses', () => {
  test('entries that do not sum to zero', async () => {
    const [debit] = lines(5);
    await expect(write(debit, lines(6)[1])).rejects.toMatchObject({ constraint: 'entries_sum_to_zero' });
    await expect(write(debit)).rejects.toMatchObject({ constraint: 'entries_sum_to_zero' });
  });

  test('entries that sum to zero over two currencies only', async () => {
    const euros = await ledger.openWallet(0, {
      code: 'personal-eur',
      name: 'Euro',
      currency: 'EUR',
      overdraftLimit: 0,
      maxBalance: null,
    });
    const credit = { wallet: euros, sequence: 1, amount: 5, posted: 5 };
    await expect(write(lines(5)[0], credit)).rejects.toMatchObject({ constraint: 'entries_sum_to_zero' });
  });

  test.each<[string, Partial<Line>]>([
    ['a running balance that is not the sum', { posted: 84 }],
    ['an available balance that does not follow from it', { available: 86 }],
    ['a number that leaves a gap', { sequence: 4 }],
    ['a number that is taken', { sequence: 2 }],
    ['a time before the last entry', { at: new Date(0) }],
  ])('%s', async (_what, wrong) => {
    const [debit, credit] = lines(5);
    await expect(write({ ...debit, ...wrong }, credit)).rejects.toMatchObject(leadToBalance);
  });

  test('running balances that skip one within a posting', async () => {
    const [first, credit] = lines(5);
    const second = { wallet: a, sequence: 4, amount: -5, posted: 81 };
    const both = { ...credit, amount: 10, posted: 20 };
    await expect(write(first, second, both)).rejects.toMatchObject(leadToBalance);
    await expect(write(first, { ...second, posted: 80, sequence: 3 }, both)).rejects.toMatchObject({
      code: expect.stringMatching(/^23/),
    });
  });

  test.each<[string, [number, number, number], number[]]>([
    ['a number twice', [3, 4, 4], [85, 80, 80]],
    ['a number twice, and one that is left out for it', [3, 3, 5], [85, 85, 75]],
    ['a number twice, each leading on from the last entry', [3, 3, 4], [85, 85, 80]],
    ['a gap', [3, 5, 6], [85, 80, 75]],
    ['numbers that begin before the last entry', [2, 3, 4], [85, 80, 75]],
  ])('%s within a posting', async (_what, numbers, balances) => {
    const debits = numbers.map((sequence, i) => {
      return { wallet: a, sequence, amount: -5, posted: balances[i]!, at: new Date(Date.now() + i) };
    });
    const credit = { wallet: b, sequence: 2, amount: 15, posted: 25 };
    await expect(write(...debits, credit)).rejects.toMatchObject(leadToBalance);
  });

  test('times that go back within a posting', async () => {
    const now = Date.now();
    const [first, credit] = lines(5);
    const second = { wallet: a, sequence: 4, amount: -5, posted: 80, at: new Date(now) };
    const both = { ...credit, amount: 10, posted: 20 };
    const late = { ...first, at: new Date(now + 1) };
    await expect(write(late, second, both)).rejects.toMatchObject(leadToBalance);
  });

  test('entries of a wallet that does not exist', async () => {
    const [debit, credit] = lines(5);
    const nobody = { ...credit, wallet: uuidv7(), sequence: 1, posted: 5 };
    await expect(write(debit, nobody)).rejects.toMatchObject(leadToBalance);
  });

  test('a balance changed without an entry', async () => {
    const refused = { constraint: 'balances_follow_entries' };
    await expect(sql('UPDATE wallets SET posted = posted + 1 WHERE id = $1', [a])).rejects.toMatchObject(
      refused,
    );
    await expect(sql('UPDATE wallets SET held = 1 WHERE id = $1', [a])).rejects.toMatchObject(refused);
    await expect(sql('UPDATE wallets SET sequence = 7 WHERE id = $1', [a])).rejects.toMatchObject(refused);
  });

  test('a balance below the floor of a customer', async () => {
    await expect(write(...lines(91))).rejects.toMatchObject({ constraint: 'wallets_floor' });
  });

  test('a debit of a frozen wallet', async () => {
    await sql(`UPDATE wallets SET status = 'frozen' WHERE id = $1`, [a]);
    await expect(write(...lines(5))).rejects.toMatchObject({ constraint: 'wallets_frozen_keep_funds' });
    await sql(`UPDATE wallets SET status = 'active' WHERE id = $1`, [a]);
  });

  test('the end of a wallet that has money', async () => {
    await expect(sql(`UPDATE wallets SET status = 'closed' WHERE id = $1`, [a])).rejects.toMatchObject({
      constraint: 'wallets_closed_are_empty',
    });
  });

  test('a balance above the maximum', async () => {
    await sql('UPDATE wallets SET max_balance = 14 WHERE id = $1', [b]);
    await expect(write(...lines(5))).rejects.toMatchObject({ constraint: 'wallets_ceiling' });
    await sql('UPDATE wallets SET max_balance = NULL WHERE id = $1', [b]);
  });

  test('a wallet that opens with money', async () => {
    await expect(
      sql(
        `INSERT INTO wallets (id, kind, owner_id, type, currency, name, status, posted, created_at)
         SELECT $1, kind, owner_id, type, currency, name, status, 5, now() FROM wallets WHERE id = $2`,
        [uuidv7(), a],
      ),
    ).rejects.toMatchObject({ constraint: 'wallets_open_empty' });
  });

  test.each([
    'UPDATE entries SET amount = 1',
    'DELETE FROM entries',
    'TRUNCATE entries',
    'UPDATE transfers SET amount = 1',
    'DELETE FROM transfers',
    'DELETE FROM wallets',
    'DELETE FROM holds',
  ])('%s', async (statement) => {
    await expect(sql(statement)).rejects.toMatchObject({ code: '23001' });
  });
});

describe('for holds the database refuses', () => {
  test('one that is not held on the wallet', async () => {
    await expect(holdRow(uuidv7())).rejects.toMatchObject({ constraint: 'holds_follow_entries' });
  });

  test('money held for nothing, for another amount or on another wallet', async () => {
    const hold = uuidv7();
    const entry = { wallet: a, sequence: 3, amount: 0, posted: 90, heldChange: 5, held: 5, hold };
    await expect(write({ ...entry, hold: undefined })).rejects.toMatchObject({
      constraint: 'entries_held_by_hold',
    });
    const refused = { constraint: 'entries_lead_to_hold' };
    await expect(write(entry)).rejects.toMatchObject(refused);
    const transaction = async (row: { remaining?: number; wallet?: string }) => {
      const tx = await ledger.owner.pool.connect();
      try {
        await tx.query('BEGIN');
        await tx.query('ALTER TABLE holds DISABLE TRIGGER holds_follow_entries_on_insert');
        await tx.query(
          `INSERT INTO holds (id, wallet_id, currency, amount, remaining, status, placed_at, expires_at)
           VALUES ($1, $2, 'USD', 9, $3, 'open', now(), now())`,
          [hold, row.wallet ?? a, row.remaining ?? 5],
        );
        await tx.query(
          `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, held_change, posted, held, available,
                                hold_id, posted_at)
           VALUES (gen_random_uuid(), gen_random_uuid(), $1, 3, 0, 5, 90, 5, 85, $2, now())`,
          [a, hold],
        );
      } finally {
        await tx.query('ROLLBACK');
        tx.release();
      }
    };
    await expect(transaction({ remaining: 6 })).rejects.toMatchObject(refused);
    await expect(transaction({ wallet: b })).rejects.toMatchObject(refused);
    await transaction({});
  });
});

describe('the role of the service may not', () => {
  test.each([
    'UPDATE entries SET amount = 1',
    'DELETE FROM entries',
    'TRUNCATE entries',
    'UPDATE transfers SET amount = 1',
    'DELETE FROM transfers',
    'DELETE FROM wallets',
    'DELETE FROM holds',
    'UPDATE wallets SET posted = 1',
    'UPDATE wallets SET held = 0',
    'ALTER TABLE entries DISABLE TRIGGER ALL',
    'SET session_replication_role = replica',
    'DROP TABLE entries',
  ])('%s', async (statement) => {
    await expect(ledger.database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

test('none of it left a trace, and what is right is accepted', async () => {
  expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([90, 10]);
  await write(...lines(5));
  expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([85, 15]);
});
