import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createLedgerFixture, type LedgerFixture, transfer } from './ledger-fixture.js';

/** What the database refuses whatever the code does: each statement here is one that a bug could send. */
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

const sql = (text: string, values: unknown[] = []) => ledger.database.pool.query(text, values);

/** One statement that moves `amountA` and `amountB` and claims the balances that follow from it. */
function write(amountA: number, amountB: number, claim: { postedA?: number; sequenceA?: number } = {}) {
  return sql(
    `WITH balances AS (
       UPDATE wallets w SET posted = u.posted, sequence = u.sequence
         FROM (VALUES ($1::uuid, $2::bigint, $3::bigint), ($4::uuid, $5::bigint, $6::bigint)) AS u (id, posted, sequence)
        WHERE w.id = u.id)
     INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
     VALUES ($7, $8, $1, 3, $9, 90 + $9::bigint, 0, 0, now()), ($10, $8, $4, 2, $11, 10 + $11::bigint, 0, 0, now())`,
    [
      a,
      claim.postedA ?? 90 + amountA,
      claim.sequenceA ?? 3,
      b,
      10 + amountB,
      2,
      uuidv7(),
      uuidv7(),
      amountA,
      uuidv7(),
      amountB,
    ],
  );
}

describe('the database refuses', () => {
  test('entries that do not sum to zero', async () => {
    await expect(write(-5, 6)).rejects.toMatchObject({ constraint: 'entries_sum_to_zero' });
  });

  test('a balance that its entries do not lead to', async () => {
    await expect(write(-5, 5, { postedA: 84 })).rejects.toMatchObject({
      constraint: expect.stringMatching(/entries_lead_to_balance|balances_follow_entries/),
    });
  });

  test('an entry number that leaves a gap', async () => {
    await expect(write(-5, 5, { sequenceA: 4 })).rejects.toMatchObject({
      constraint: 'balances_follow_entries',
    });
  });

  test('a balance changed without an entry', async () => {
    await expect(sql('UPDATE wallets SET posted = posted + 1 WHERE id = $1', [a])).rejects.toMatchObject({
      constraint: 'balances_follow_entries',
    });
  });

  test('entries without a change of the balance', async () => {
    const id = uuidv7();
    const values = `($1, $2, $3, 3, -1, 89, 0, 89, now()), ($4, $2, $5, 2, 1, 11, 0, 11, now())`;
    await expect(
      sql(
        `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
         VALUES ${values}`,
        [uuidv7(), id, a, uuidv7(), b],
      ),
    ).rejects.toMatchObject({ constraint: 'entries_lead_to_balance' });
  });

  test('a balance below the floor of a customer', async () => {
    await expect(write(-91, 91)).rejects.toMatchObject({ constraint: 'wallets_floor' });
  });

  test('holds of more than there is', async () => {
    await expect(sql('UPDATE wallets SET held = 91 WHERE id = $1', [a])).rejects.toMatchObject({
      constraint: 'wallets_floor',
    });
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
  ])('%s', async (statement) => {
    await expect(sql(statement)).rejects.toMatchObject({ code: '23001' });
  });

  test('none of it left a trace, and what is right is accepted', async () => {
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([90, 10]);
    await write(-5, 5);
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([85, 15]);
  });
});
