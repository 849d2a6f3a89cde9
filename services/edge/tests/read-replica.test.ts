import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Customer, EdgeFixture } from './edge-fixture.js';
import { StreamingReplica } from './streaming-replica.js';

let replica: StreamingReplica;
let edge: EdgeFixture;
let ada: Customer;
let grace: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create(async (databaseUrl) => {
    replica = await StreamingReplica.start(databaseUrl);
    // What is cached comes from the primary: without the cache it shows what the replica has.
    return { EDGE_READ_DATABASE_URL: replica.url, READ_CACHE_TTL: '0s' };
  });
  [ada, grace] = await Promise.all([edge.newCustomer(), edge.newCustomer()]);
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(grace);
  await edge.deposit(ada, adas, 1_000);
}, 180_000);
afterAll(async () => {
  await edge?.close();
  await replica?.stop();
}, 180_000);

const balanceOf = async (owner: Customer, wallet: string): Promise<number> =>
  (await edge.call('GET', `/v1/wallets/${wallet}`, { token: owner.token })).body.balances.posted;

/** How many reads each database has answered. */
async function reads(): Promise<Record<string, number>> {
  const text = await (await fetch(`${edge.url}/metrics`)).text();
  const lines = text.matchAll(/florin_reads_total\{database="(\w+)".*\} (\d+)/g);
  return Object.fromEntries([...lines].map(([, database, count]) => [database, Number(count)]));
}

/** Waits until the replica answers Grace, who has written nothing lately. */
const answeredByReplica = (who: Customer, wallet: string) =>
  eventually('the replica to answer', async () => {
    const before = (await reads()).replica ?? 0;
    await balanceOf(who, wallet);
    return ((await reads()).replica ?? 0) > before ? true : undefined;
  });

describe('with a replica', () => {
  test('reads come from it, once it has what the caller has written', async () => {
    await answeredByReplica(grace, graces);
    await answeredByReplica(ada, adas);
    expect(await balanceOf(ada, adas)).toBe(1_000);
  });

  test('a caller reads his own writes while it lags, on every instance; others read what it has', async () => {
    const second = await edge.addEdge();
    await answeredByReplica(grace, graces);
    await answeredByReplica(ada, adas);
    await replica.pause();
    try {
      const { body } = await edge.transfer(ada, adas, graces, 100);
      for (const url of [edge.url, second]) {
        const read = await edge.call('GET', `${url}/v1/transactions/${body.id}`, { token: ada.token });
        expect([read.status, read.body]).toEqual([200, body]);
        const listed = await edge.call('GET', `${url}/v1/transactions?limit=1`, { token: ada.token });
        expect(listed.body.data[0].id).toBe(body.id);
      }
      expect(await balanceOf(ada, adas)).toBe(900);
      // Which shows that the replica really lags: Grace has written nothing, and is answered by it.
      expect(await balanceOf(grace, graces)).toBe(0);
    } finally {
      await replica.resume();
    }
    await eventually('the replica to catch up', async () =>
      (await balanceOf(grace, graces)) === 100 ? true : undefined,
    );
    await answeredByReplica(ada, adas);
    expect(await balanceOf(ada, adas)).toBe(900);
  });

  test('what it has not replayed yet is never cached, nor what it has and is older', async () => {
    const cached = await edge.addEdge({ READ_CACHE_TTL: '30s' });
    const read = async () => {
      const answer = await edge.call('GET', `${cached}/v1/wallets/${graces}`, { token: grace.token });
      return answer.body.balances.posted;
    };
    const before = await read();
    await replica.pause();
    try {
      await edge.transfer(ada, adas, graces, 1, { url: cached });
      for (let i = 0; i < 5; i++) expect(await read()).toBe(before + 1);
      expect(await balanceOf(grace, graces)).toBe(before);
    } finally {
      await replica.resume();
    }
    expect(await read()).toBe(before + 1);
    await answeredByReplica(ada, adas);
  });

  test('an accepted call that is not done yet is there, too', async () => {
    await replica.pause();
    edge.double.holdTransfers = true;
    try {
      const headers = { prefer: 'respond-async' };
      const { status, body } = await edge.transfer(ada, adas, graces, 1, { headers });
      expect(status).toBe(202);
      const read = await edge.call('GET', `/v1/transactions/${body.id}`, { token: ada.token });
      expect(read.body).toEqual(body);
    } finally {
      await replica.resume();
      await edge.double.releaseTransfers();
    }
  });

  test('one that lags for too long, or is gone, is not asked', async () => {
    await replica.pause();
    try {
      await edge.transfer(ada, adas, graces, 10);
      const now = await eventually('the balance', async () => {
        const { rows } = await edge.pool.query('SELECT posted FROM wallets WHERE id = $1', [graces]);
        return Number(rows[0].posted) > 100 ? Number(rows[0].posted) : undefined;
      });
      // Some seconds later everybody is answered by the primary.
      await eventually('an answer of the primary', async () =>
        (await balanceOf(grace, graces)) === now ? true : undefined,
      );
    } finally {
      await replica.resume();
    }
    await answeredByReplica(grace, graces);
    await replica.stop();
    await eventually('the primary to answer', async () => {
      const answer = await edge.call('GET', `/v1/wallets/${graces}`, { token: grace.token });
      return answer.status === 200 ? true : undefined;
    });
  });
});
