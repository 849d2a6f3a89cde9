import { createHash } from 'node:crypto';
import { BalancesAudited, LedgerAuditProgressed, LedgerSealed } from '@florin/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { postBatch } from '../src/db/post-batch.js';
import { auditLedger } from '../src/jobs/audit-ledger.js';
import { sealDueEntries } from '../src/jobs/seal-entries.js';
import { type AuditFixture, createAuditFixture, dayMs } from './audit-fixture.js';
import { deposit, type LedgerFixture, transfer } from './ledger-fixture.js';

let audits: AuditFixture;
let ledger: LedgerFixture;

beforeAll(async () => {
  audits = await createAuditFixture();
  ledger = audits.ledger;
});
afterAll(() => audits.close());
afterEach(() => audits.restore());

const audit: AuditFixture['run'] = (...args) => audits.run(...args);
const heard: AuditFixture['heard'] = (definition) => audits.heard(definition);
const tamper: AuditFixture['tamper'] = (...args) => audits.tamper(...args);
const tamperUntilNextTest: AuditFixture['tamperUntilRestored'] = (...args) =>
  audits.tamperUntilRestored(...args);

async function seal() {
  audits.advance(dayMs);
  await sealDueEntries(audits.context);
  return heard(LedgerSealed).at(-1)!;
}

async function movedWallets(): Promise<[string, string]> {
  const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
  for (let i = 1; i <= 5; i++) await ledger.post(transfer(a, b, i * 10));
  return [a, b];
}
const entryOf = async (walletId: string, sequence: number) =>
  (
    await ledger.owner.pool.query('SELECT * FROM entries WHERE wallet_id = $1 AND sequence = $2', [
      walletId,
      sequence,
    ])
  ).rows[0];

describe('the ledger', () => {
  test('in order passes every audit, before and after it is sealed, and goes on', async () => {
    await movedWallets();
    expect(await audit('books')).toMatchObject({ status: 'passed', findings: [] });
    expect(await audit('chain')).toMatchObject({ status: 'passed', findings: [] });
    const first = await seal();
    expect(first.number).toBe(1);
    expect(first.entries).toBeGreaterThan(10);
    await movedWallets();
    const second = await seal();
    expect(second.number).toBe(2);
    await movedWallets();
    const passed = await audit('chain');
    expect(passed).toMatchObject({ status: 'passed', findings: [] });
    expect(passed.walletsChecked).toBe(passed.walletsTotal);
    const first_ = heard(LedgerAuditProgressed).find(({ auditId }) => auditId === passed.auditId)!;
    expect(first_).toMatchObject({ sealRunId: second.runId, sealHash: second.hash });
    expect(await audit('books')).toMatchObject({ status: 'passed', findings: [] });
  });

  test('is sealed once a day, by one of several instances', async () => {
    const before = heard(LedgerSealed).length;
    audits.advance(dayMs);
    await movedWallets();
    await Promise.all(Array.from({ length: 4 }, () => sealDueEntries(audits.context)));
    await sealDueEntries(audits.context);
    expect(heard(LedgerSealed).length).toBe(before + 1);
    const { rows } = await ledger.owner.pool.query(
      `SELECT count(*)::int AS gaps FROM (
         SELECT wallet_id, first_sequence, lag(last_sequence, 1, 0) OVER (PARTITION BY wallet_id ORDER BY last_sequence) AS before
           FROM entry_seals) AS s WHERE first_sequence <> before + 1`,
    );
    expect(rows[0].gaps).toBe(0);
  });

  test('is sealed to the end by another when a process dies in the middle', async () => {
    await movedWallets();
    audits.advance(dayMs);
    // What the dead process leaves: a run with a lease, and nothing behind its cursor.
    await ledger.owner.pool.query(
      `INSERT INTO seal_runs (id, number, status, started_at, lease_until)
       SELECT $1, max(number) + 1, 'running', $2, $3 FROM seal_runs`,
      [uuidv7(), new Date(audits.context.clock.now()), new Date(audits.context.clock.now() + 1_000)],
    );
    const before = heard(LedgerSealed).length;
    await sealDueEntries(audits.context);
    expect(heard(LedgerSealed).length).toBe(before);
    audits.advance(2_000);
    await sealDueEntries(audits.context);
    expect(heard(LedgerSealed).length).toBe(before + 1);
    expect(await audit('chain')).toMatchObject({ status: 'passed' });
  });

  test('has the digest that its documentation says', async () => {
    const [a] = await movedWallets();
    const { entryDigest } = await import('../src/db/entry-digest.js');
    const { rows } = await ledger.owner.pool.query(
      `SELECT e.*, ${entryDigest} AS digest, (extract(epoch FROM posted_at) * 1000000)::bigint AS micros
         FROM entries e WHERE wallet_id = $1 AND sequence = 3`,
      [a],
    );
    const [entry] = rows;
    const int8 = (value: number): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(BigInt(value));
      return bytes;
    };
    const uuid = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
    const encoded = Buffer.concat([
      ...[entry.id, entry.transaction_id, entry.wallet_id].map(uuid),
      ...[entry.sequence, entry.amount, entry.held_change, entry.posted, entry.held, entry.available].map(
        int8,
      ),
      Buffer.alloc(16),
      int8(entry.micros),
    ]);
    expect(encoded).toHaveLength(120);
    expect(entry.digest).toEqual(createHash('sha256').update(encoded).digest());
  });
});

describe('verification names', () => {
  let a: string;
  let b: string;
  beforeAll(async () => {
    [a, b] = await movedWallets();
    await seal();
    // What is not sealed yet.
    await ledger.post(transfer(a, b, 7), transfer(a, b, 8));
  });

  test.each([
    ['transaction_id = gen_random_uuid()', 'transaction_id'],
    ['id = gen_random_uuid()', 'id'],
    ['amount = amount - 1', 'amount'],
    ['posted = posted + 1, available = available + 1', 'posted'],
    ["posted_at = posted_at + interval '1 microsecond'", 'posted_at'],
    ["posted_at = posted_at - interval '1 day'", 'posted_at'],
  ])('a sealed row after SET %s', async (change, _column) => {
    const original = await entryOf(b, 3);
    const columns = Object.keys(original);
    await tamper(`UPDATE entries SET ${change} WHERE wallet_id = $1 AND sequence = 3`, [b]);
    audits.undoLater(() =>
      tamper(
        `UPDATE entries SET (${columns.join(', ')}) = (SELECT ${columns.map((c) => `r.${c}`).join(', ')}
           FROM jsonb_populate_record(NULL::entries, $1) AS r) WHERE wallet_id = $2 AND sequence = 3`,
        [JSON.stringify(original), b],
      ),
    );
    const tampered = await entryOf(b, 3);
    const found = await audit('chain');
    expect(found.status).toBe('failed');
    expect(found.findings).toHaveLength(1);
    expect(found.findings[0]).toMatchObject({
      check: 'entry-changed',
      walletId: b,
      sequence: 3,
      entryId: tampered.id,
    });
    expect((await audit('chain', a)).status).toBe('passed');
    expect((await audit('chain', b)).findings).toHaveLength(1);
  });

  test('each of two rows that were changed so that all balances still add up', async () => {
    await tamperUntilNextTest(
      `UPDATE entries SET amount = amount + CASE sequence WHEN 2 THEN 5 ELSE -5 END,
                          posted = CASE sequence WHEN 2 THEN posted + 5 ELSE posted END
        WHERE wallet_id = $1 AND sequence IN (2, 3)`,
      `UPDATE entries SET amount = amount - CASE sequence WHEN 2 THEN 5 ELSE -5 END,
                          posted = CASE sequence WHEN 2 THEN posted - 5 ELSE posted END
        WHERE wallet_id = $1 AND sequence IN (2, 3)`,
      [b],
    );
    const { findings } = await audit('chain');
    expect(findings.map(({ check, sequence }) => [check, sequence])).toEqual([
      ['entry-changed', 2],
      ['entry-changed', 3],
    ]);
  });

  test('a row that was deleted, and one that was added', async () => {
    const { rows } = await ledger.owner.pool.query(
      'SELECT to_jsonb(e) AS row FROM entries e WHERE wallet_id = $1 AND sequence = 4',
      [b],
    );
    await tamper('DELETE FROM entries WHERE wallet_id = $1 AND sequence = 4', [b]);
    const missing = await audit('chain');
    expect(missing.findings).toMatchObject([
      { check: 'entry-missing', walletId: b, sequence: 4, entryId: null },
    ]);
    const insert = 'INSERT INTO entries SELECT (jsonb_populate_record(NULL::entries, $1)).*';
    await tamper(insert, [JSON.stringify(rows[0].row)]);
    const added = {
      ...rows[0].row,
      id: uuidv7(),
      posted_at: new Date(Date.parse(rows[0].row.posted_at) + 1).toISOString(),
    };
    await tamper(insert, [JSON.stringify(added)]);
    audits.undoLater(() => tamper('DELETE FROM entries WHERE id = $1', [added.id]));
    expect((await audit('chain')).findings).toMatchObject([
      { check: 'entry-added', walletId: b, sequence: 4, entryId: added.id },
    ]);
  });

  test('a row that is not sealed yet, by its arithmetic', async () => {
    const tail = await entryOf(b, 6);
    await tamperUntilNextTest(
      'UPDATE entries SET amount = amount + 1 WHERE wallet_id = $1 AND sequence = 6',
      'UPDATE entries SET amount = amount - 1 WHERE wallet_id = $1 AND sequence = 6',
      [b],
    );
    expect((await audit('chain')).findings).toMatchObject([
      { check: 'entries-do-not-follow', walletId: b, sequence: 6, entryId: tail.id },
    ]);
  });

  test('seals that were changed to fit, by the run that they belong to', async () => {
    const { rows } = await ledger.owner.pool.query(
      'SELECT last_sequence, hash FROM entry_seals WHERE wallet_id = $1',
      [b],
    );
    await tamper("UPDATE entry_seals SET hash = sha256('x') WHERE wallet_id = $1", [b]);
    audits.undoLater(() =>
      tamper('UPDATE entry_seals SET hash = $2 WHERE wallet_id = $1', [b, rows[0].hash]),
    );
    const { findings } = await audit('chain');
    expect(findings.map(({ check }) => check).sort()).toEqual(['seal-changed', 'seal-run-changed']);
  });

  test('nothing that is not there: the role of the service can change neither entries nor seals', async () => {
    for (const sql of [
      'UPDATE entry_seals SET marks = marks',
      'DELETE FROM entry_seals',
      'UPDATE entries SET amount = 1',
    ]) {
      await expect(ledger.database.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
      await expect(ledger.owner.pool.query(sql)).rejects.toMatchObject({ code: '23001' });
    }
    expect((await audit('chain')).status).toBe('passed');
  });

  test('an entry that vanished before it was sealed, as soon as it cannot be', async () => {
    const [x, y] = await movedWallets();
    const { rows } = await ledger.owner.pool.query(
      'SELECT to_jsonb(e) AS row FROM entries e WHERE wallet_id = $1 AND sequence = 2',
      [y],
    );
    await tamper('DELETE FROM entries WHERE wallet_id = $1 AND sequence = 2', [y]);
    audits.undoLater(() =>
      tamper('INSERT INTO entries SELECT (jsonb_populate_record(NULL::entries, $1)).*', [
        JSON.stringify(rows[0].row),
      ]),
    );
    await seal();
    const sealed = await ledger.owner.pool.query(
      'SELECT wallet_id FROM entry_seals WHERE wallet_id = ANY($1) ORDER BY wallet_id',
      [[x, y]],
    );
    expect(sealed.rows).toEqual([{ wallet_id: x }]);
    audits.forget();
    await auditLedger(audits.context, 'wallet');
    expect(heard(LedgerAuditProgressed)).toMatchObject([
      {
        kind: 'chain',
        walletId: y,
        status: 'failed',
        findings: [{ check: 'entry-missing', walletId: y, sequence: 2 }],
      },
    ]);
  });
});

describe('the audit of the books finds', () => {
  let a: string;
  beforeAll(async () => {
    [a] = await movedWallets();
    await audit('books');
  });

  test('a balance that was changed without entries, and that the books do not balance any more', async () => {
    await tamperUntilNextTest(
      'UPDATE wallets SET posted = posted + 100 WHERE id = $1',
      'UPDATE wallets SET posted = posted - 100 WHERE id = $1',
      [a],
    );
    const found = await audit('books');
    expect(found.status).toBe('failed');
    expect(found.findings).toMatchObject([
      { check: 'books-do-not-balance', currency: 'USD', walletId: null },
      { check: 'balance-differs-from-entries', walletId: a },
    ]);
    // As long as it is wrong, every audit says so.
    expect((await audit('books')).findings).toHaveLength(2);
  });

  test('held money without a hold', async () => {
    await tamperUntilNextTest(
      'UPDATE wallets SET held = 5 WHERE id = $1',
      'UPDATE wallets SET held = 0 WHERE id = $1',
      [a],
    );
    expect((await audit('books')).findings.map(({ check }) => check)).toEqual([
      'held-differs-from-entries',
      'held-differs-from-holds',
    ]);
  });

  test('entries that vanished since the last audit', async () => {
    await ledger.post(transfer(a, await ledger.openWallet(0), 1));
    const { rows } = await ledger.owner.pool.query(
      'SELECT to_jsonb(e) AS row FROM entries e WHERE wallet_id = $1 ORDER BY sequence DESC LIMIT 1',
      [a],
    );
    await tamper('DELETE FROM entries WHERE id = $1', [rows[0].row.id]);
    audits.undoLater(() =>
      tamper('INSERT INTO entries SELECT (jsonb_populate_record(NULL::entries, $1)).*', [
        JSON.stringify(rows[0].row),
      ]),
    );
    const { findings } = await audit('books');
    expect(findings.map(({ check }) => check)).toEqual(['entry-missing', 'balance-differs-from-entries']);
  });

  test('nothing while money moves', async () => {
    const [x, y] = [await ledger.openWallet(1_000), await ledger.openWallet(1_000)];
    let isMoving = true;
    const moving = (async () => {
      while (isMoving) await ledger.post(transfer(x, y, 1), transfer(y, x, 1));
    })();
    for (let round = 0; round < 10; round++) {
      expect((await audit('books')).findings).toEqual([]);
      expect((await audit('chain')).findings).toEqual([]);
    }
    isMoving = false;
    await moving;
  });

  test('what it says about balances is what the entries say, for customers only', async () => {
    const wallet = await ledger.openWallet(0);
    await ledger.database.transaction((tx) =>
      postBatch(tx, [deposit(wallet, 77)], { now: Date.now(), shard: 3 }),
    );
    audits.forget();
    await audit('books');
    const balances = heard(BalancesAudited).flatMap(({ balances }) => balances);
    expect(balances).toContainEqual({ walletId: wallet, sequence: 1, posted: 77, held: 0, available: 77 });
    expect(balances.every(({ walletId }) => walletId[14] === '7')).toBe(true);
    audits.forget();
    await audit('books');
    expect(heard(BalancesAudited)).toEqual([]);
  });
});
