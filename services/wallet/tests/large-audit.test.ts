import { LedgerAuditProgressed, LedgerSealed } from '@florin/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { claimAudit } from '../src/db/claim-audit.js';
import { insertAudits } from '../src/db/insert-audits.js';
import { auditLedger } from '../src/jobs/audit-ledger.js';
import { sealDueEntries } from '../src/jobs/seal-entries.js';
import { type AuditFixture, createAuditFixture, dayMs } from './audit-fixture.js';

/** More than an audit of the books takes in one step. */
const manyWallets = 4_500;
let audits: AuditFixture;

beforeAll(async () => {
  audits = await createAuditFixture();
  await audits.ledger.openWallet(0);
  await audits.ledger.owner.pool.query(
    `INSERT INTO wallets (id, kind, owner_id, type, currency, name, status, created_at)
     SELECT uuidv7(), 'customer', uuidv7(), 'personal-usd', 'USD', 'One of many', 'active', now()
       FROM generate_series(1, $1)`,
    [manyWallets],
  );
});
afterAll(() => audits.close());
afterEach(() => audits.restore());

/** Every wallet gets an entry: the money comes from an account of its own. */
async function moveAll(): Promise<void> {
  await audits.ledger.owner.pool.query(
    `WITH source AS (SELECT id, sequence, posted FROM wallets WHERE kind = 'system' AND name = 'cash-in USD 0')
     INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
     SELECT uuidv7(), $1::uuid, id, sequence + 1, 10, posted + 10, 0, posted + 10, now() FROM wallets WHERE name = 'One of many'
      UNION ALL
     SELECT uuidv7(), $1::uuid, id, sequence + 1, -10 * $2::int, posted - 10 * $2::int, 0, posted - 10 * $2::int, now() FROM source`,
    [uuidv7(), manyWallets],
  );
}

test('an audit of many wallets goes page by page, misses none and looks at each once', async () => {
  for (const moved of [true, false, true]) {
    if (moved) await moveAll();
    const { status, walletsChecked, walletsTotal, entriesChecked } = await audits.run('books');
    expect({ status, walletsChecked }).toEqual({ status: 'passed', walletsChecked: walletsTotal });
    expect(walletsTotal).toBeGreaterThan(manyWallets);
    expect(entriesChecked).toBe(moved ? manyWallets + 1 : 0);
  }
});

test('a wallet that rests and was tampered with is found among many', async () => {
  await moveAll();
  await audits.run('books');
  const { rows } = await audits.ledger.owner.pool.query<{ id: string }>(
    `SELECT id FROM wallets WHERE name = 'One of many' ORDER BY id OFFSET 3000 LIMIT 1`,
  );
  const [{ id }] = rows as [{ id: string }];
  await audits.tamperUntilRestored(
    'UPDATE wallets SET posted = posted + 1 WHERE id = $1',
    'UPDATE wallets SET posted = posted - 1 WHERE id = $1',
    [id],
  );
  const { findings } = await audits.run('books');
  expect(findings).toMatchObject([
    { check: 'books-do-not-balance', currency: 'USD' },
    { check: 'balance-differs-from-entries', walletId: id },
  ]);
});

test('a process that stops gives its audit back, and another goes on where it was', async () => {
  await moveAll();
  const id = uuidv7();
  const { ledger, context } = audits;
  await ledger.database.transaction((tx) =>
    insertAudits(tx, [{ id, kind: 'books', walletId: null }], new Date(context.clock.now())),
  );
  const stop = new AbortController();
  const first = audits.heard(LedgerAuditProgressed).length;
  audits.onceSent(LedgerAuditProgressed, () => stop.abort());
  await auditLedger(context, 'books', stop.signal);
  const events = () =>
    audits
      .heard(LedgerAuditProgressed)
      .slice(first)
      .map(({ status, walletsChecked }) => ({ status, walletsChecked }));
  expect(events()).toMatchObject([{ status: 'running' }]);
  await auditLedger(context, 'books');
  expect(events().at(-1)).toMatchObject({ status: 'passed' });
  expect(events().at(-1)!.walletsChecked).toBeGreaterThan(manyWallets);
  const { rows } = await ledger.owner.pool.query(
    'SELECT wallets_checked = wallets_total AS "eachOnce" FROM ledger_audits WHERE id = $1',
    [id],
  );
  expect(rows).toEqual([{ eachOnce: true }]);
});

test('the audit of one wallet does not wait for the verification of all', async () => {
  const wallet = await audits.ledger.openWallet(100);
  const { ledger, context } = audits;
  const now = new Date(context.clock.now());
  const [large, small] = [uuidv7(), uuidv7()];
  await ledger.database.transaction((tx) =>
    insertAudits(
      tx,
      [
        { id: large, kind: 'chain', walletId: null },
        { id: small, kind: 'chain', walletId: wallet },
      ],
      now,
    ),
  );
  // Somebody is at the large one, for an hour.
  const lease = { now, until: new Date(now.getTime() + 3_600_000) };
  expect(await claimAudit(ledger.database, 'chain', lease)).toMatchObject({ id: large });
  await auditLedger(context, 'wallet');
  const { rows } = await ledger.owner.pool.query('SELECT id, status FROM ledger_audits WHERE id = ANY($1)', [
    [large, small],
  ]);
  expect(new Map(rows.map((row) => [row.id, row.status]))).toEqual(
    new Map([
      [large, 'running'],
      [small, 'passed'],
    ]),
  );
});

/** Adds `count` entries to each of two wallets, in one posting. */
async function addEntries(a: string, b: string, count: number): Promise<void> {
  await audits.ledger.owner.pool.query(
    `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
     SELECT uuidv7(), $3::uuid, w.id, w.sequence + n, s.sign, w.posted + s.sign * n, 0, w.posted + s.sign * n, now()
       FROM (VALUES ($1::uuid, 1), ($2::uuid, -1)) AS s (id, sign)
            JOIN wallets w ON w.id = s.id CROSS JOIN generate_series(1, $4::int) AS n`,
    [a, b, uuidv7(), count],
  );
}

test('a wallet with more entries than are read at once is verified in parts, sealed or not', async () => {
  const { ledger, context } = audits;
  const [a, b] = [await ledger.openWallet(0), await ledger.openWallet(1_000_000)];
  await addEntries(a, b, 2_000);
  audits.advance(dayMs);
  await sealDueEntries(context);
  await addEntries(a, b, 21_000);
  const verified = await audits.run('chain', a);
  expect(verified).toMatchObject({ status: 'passed', findings: [], entriesChecked: 23_000 });
  const changes: [number, string][] = [
    [1_234, 'entry-changed'],
    [22_999, 'entries-do-not-follow'],
  ];
  for (const [sequence, check] of changes) {
    const where = 'WHERE wallet_id = $1 AND sequence = $2';
    await audits.tamper(`UPDATE entries SET amount = amount + 1 ${where}`, [a, sequence]);
    expect((await audits.run('chain', a)).findings).toMatchObject([{ check, walletId: a, sequence }]);
    await audits.tamper(`UPDATE entries SET amount = amount - 1 ${where}`, [a, sequence]);
  }
});

test('a sealing that is told to stop is gone on with by another instance at once', async () => {
  const { ledger, context } = audits;
  await moveAll();
  audits.advance(2 * dayMs);
  const before = audits.heard(LedgerSealed).length;
  const stop = new AbortController();
  stop.abort();
  await sealDueEntries(context, stop.signal);
  expect(audits.heard(LedgerSealed)).toHaveLength(before);
  await sealDueEntries(context);
  expect(audits.heard(LedgerSealed)).toHaveLength(before + 1);
  const { rows } = await ledger.owner.pool.query(
    `SELECT count(*)::int AS unsealed FROM wallets w WHERE w.sequence <> coalesce(
       (SELECT max(last_sequence) FROM entry_seals s WHERE s.wallet_id = w.id), 0)`,
  );
  expect(rows).toEqual([{ unsealed: 0 }]);
});
