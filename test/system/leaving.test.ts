import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { services } from '../env/services.js';
import { applicationEnd, applyForCreditCard } from '../story/credit-card.js';
import { eventually } from '../story/eventually.js';
import { call } from '../story/http.js';
import { deposit, openWallet, type Wallet, walletOf } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import { type RunningPlatform, startTestPlatform } from './test-platform.js';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
}, 180_000);
afterAll(() => platform?.stop());

interface Refusal {
  readonly code?: string;
}

const leave = ({ token }: SignedIn) =>
  call<Refusal>('DELETE', `${platform.edgeUrl}/v1/customers/me`, { token, headers: { prefer: 'wait=10' } });

/** A transfer of 10, whatever becomes of it. */
const send = ({ token }: SignedIn, source: Wallet, destinationWalletId: string) =>
  call<{ readonly status?: string | number }>('POST', `${platform.edgeUrl}/v1/transactions`, {
    token,
    headers: { prefer: 'wait=20', 'idempotency-key': randomUUID() },
    body: { type: 'transfer', sourceWalletId: source.id, destinationWalletId, amount: 10, currency: 'USD' },
  });

/** Tables of every service in which some row holds one of the texts, in whatever column. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const service of services) {
    const pool = new pg.Pool({ connectionString: platform.databaseUrls[service], max: 1 });
    try {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT quote_ident(relname) AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'SELECT')`,
      );
      for (const { name } of rows) {
        const patterns = texts.map((text) => `%${text}%`);
        const hit = await pool.query(`SELECT 1 FROM ${name} AS t WHERE t::text LIKE ANY($1) LIMIT 1`, [
          patterns,
        ]);
        if (hit.rowCount !== 0) found.push(`${service}.${name}`);
      }
    } finally {
      await pool.end();
    }
  }
  return found;
}

describe('a customer who leaves', () => {
  test('is forgotten by every service, and the address can be used again', async () => {
    const ada = await signUp(platform, 'Ada Lovelace');
    const application = await applyForCreditCard(ada);
    await applicationEnd(ada, application.id);
    const traces = [ada.email, ada.phone];
    // The search finds what is there, so that finding nothing later means something.
    const before = await tablesWith(traces);
    expect(before).toEqual(expect.arrayContaining(['edge.customers', 'notification.recipients']));
    expect((await leave(ada)).status).toBe(204);
    const me = await call('GET', `${platform.edgeUrl}/v1/customers/me`, { token: ada.token });
    expect(me.status).toBe(401);
    await eventually('nobody to know the customer', async () =>
      (await tablesWith(traces)).length === 0 ? true : undefined,
    );
    const { fullName, email, phone, password } = ada;
    const again = await call('POST', `${platform.edgeUrl}/v1/customers`, {
      body: { fullName, email, phone, password },
    });
    expect(again.status).toBe(201);
    expect(await platform.ledgerImbalances()).toEqual([]);
  }, 120_000);

  test('while money is on its way either keeps the account with it, or leaves and the money stays with its sender', async () => {
    const sender = await signUp(platform, 'Grace Hopper');
    const source = await openWallet(sender);
    await deposit(sender, source, 1_000);
    const balance = async () => (await walletOf(sender, source.id)).balances.posted;
    for (let round = 0; round < 4; round++) {
      const leaver = await signUp(platform, `Leaver ${round}`);
      const target = await openWallet(leaver);
      const before = await balance();
      const [left, sent] = await Promise.all([leave(leaver), send(sender, source, target.id)]);
      if (left.status === 204) {
        expect(sent.body.status).not.toBe('completed');
        expect(await balance()).toBe(before);
      } else {
        expect([left.status, left.body.code]).toEqual([409, 'wallets-not-empty']);
        expect([sent.status, sent.body.status]).toEqual([201, 'completed']);
        expect(await balance()).toBe(before - 10);
        expect((await walletOf(leaver, target.id)).balances.posted).toBe(10);
      }
    }
    expect(await platform.ledgerImbalances()).toEqual([]);
  }, 180_000);
});
