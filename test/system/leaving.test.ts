import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { services } from '../env/services.js';
import { applicationEnd, applyForCreditCard } from '../story/credit-card.js';
import { eventually } from '../story/eventually.js';
import { call, expectStatus } from '../story/http.js';
import { deposit, openWallet, transfer, walletOf } from '../story/money.js';
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

/** Tables of every service in which some row holds one of the texts, in whatever column. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const service of services) {
    const pool = new pg.Pool({ connectionString: platform.databaseUrls[service], max: 1 });
    try {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
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
    const application = await applyForCreditCard(platform, ada);
    await applicationEnd(platform, ada, application.id);
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
    const source = await openWallet(platform, sender);
    expectStatus(await deposit(platform, sender, source, 1_000), 201);
    for (let round = 0; round < 4; round++) {
      const leaver = await signUp(platform, `Leaver ${round}`);
      const target = await openWallet(platform, leaver);
      const before = (await walletOf(platform, sender, source.id)).balances.posted;
      const [left, sent] = await Promise.all([leave(leaver), transfer(platform, sender, source, target, 10)]);
      const after = (await walletOf(platform, sender, source.id)).balances.posted;
      if (left.status === 204) {
        expect(sent.body.status).not.toBe('completed');
        expect(after).toBe(before);
      } else {
        expect([left.status, left.body.code]).toEqual([409, 'wallets-not-empty']);
        expect([sent.status, sent.body.status, before - after]).toEqual([201, 'completed', 10]);
        expect((await walletOf(platform, leaver, target.id)).balances.posted).toBe(10);
      }
    }
    expect(await platform.ledgerImbalances()).toEqual([]);
  }, 180_000);
});
