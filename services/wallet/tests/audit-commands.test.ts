import { AuditLedger, LedgerAuditProgressed, LedgerAuditRefused } from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

let wallets: WalletFixture;

beforeAll(async () => {
  wallets = await createWalletFixture([LedgerAuditProgressed, LedgerAuditRefused]);
});
afterAll(() => wallets.close());

async function ask(kind: string, walletId: string | null): Promise<string> {
  const auditId = uuidv7();
  await wallets.peer.send(AuditLedger, auditId, { auditId, kind, walletId });
  return auditId;
}

test('an audit of a wallet that does not exist is refused instead of passed', async () => {
  const unknown = uuidv7();
  for (const kind of ['books', 'chain']) {
    const auditId = await ask(kind, unknown);
    const refused = await wallets.heard(LedgerAuditRefused, (event) => event.auditId === auditId);
    expect(refused).toMatchObject({ kind, walletId: unknown, reason: 'wallet-not-found' });
  }
  const { rows } = await wallets.pool.query('SELECT 1 FROM ledger_audits WHERE wallet_id = $1', [unknown]);
  expect(rows).toEqual([]);
});

test('audits of a wallet, of an account of the platform and of everything are made', async () => {
  const wallet = await wallets.openWallet();
  await wallets.deposit(wallet, 500);
  const { rows } = await wallets.pool.query("SELECT id FROM wallets WHERE name = 'fees USD 0'");
  for (const [kind, walletId] of [
    ['chain', wallet],
    ['books', wallet],
    ['chain', rows[0].id],
    ['chain', null],
    ['books', null],
  ]) {
    const auditId = await ask(kind, walletId);
    const ended = await wallets.heard(
      LedgerAuditProgressed,
      (event) => event.auditId === auditId && event.status !== 'running',
    );
    expect(ended).toMatchObject({ kind, walletId, status: 'passed', findings: [] });
    if (walletId !== null) expect(ended.walletsTotal).toBe(1);
  }
});

test('the age, duration and findings of the last audits are in the metrics of the first scrape', async () => {
  const auditId = await ask('books', null);
  await wallets.heard(
    LedgerAuditProgressed,
    (event) => event.auditId === auditId && event.status === 'passed',
  );
  const text = await (await fetch(`${wallets.url}/metrics`)).text();
  expect(text).toMatch(/ledger_audit_findings\{kind="books"[^}]*\} 0\n/);
  expect(text).toMatch(/ledger_audit_age_seconds\{kind="books"[^}]*\} \d/);
  expect(text).toMatch(/ledger_audit_duration_seconds\{kind="books"[^}]*\} \d/);
  expect(text).toMatch(/ledger_audit_interval_seconds\{[^}]*\} 300\n/);
});
