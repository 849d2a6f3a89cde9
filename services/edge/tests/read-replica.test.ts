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

/**
 * While the replica shows nothing new. No time passes, because one that is ten seconds behind is not asked any more, and
 * what happens meanwhile may take longer.
 */
async function whileItLags(during: () => Promise<void>): Promise<void> {
  await replica.pause();
  try {
    await edge.whileTimeStands(during);
  } finally {
    await replica.resume();
  }
}

/** What a caller reads who has written nothing: in the end the replica answers, which shows that it really lags. */
const shownByReplica = (posted: number) =>
  eventually(`the replica to show ${posted}`, async () =>
    (await balanceOf(grace, graces)) === posted ? true : undefined,
  );

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
    await whileItLags(async () => {
      const { body } = await edge.transfer(ada, adas, graces, 100);
      for (const url of [edge.url, second]) {
        const read = await edge.call('GET', `${url}/v1/transactions/${body.id}`, { token: ada.token });
        expect([read.status, read.body]).toEqual([200, body]);
        const listed = await edge.call('GET', `${url}/v1/transactions?limit=1`, { token: ada.token });
        expect(listed.body.data[0].id).toBe(body.id);
      }
      expect(await balanceOf(ada, adas)).toBe(900);
      await shownByReplica(0);
    });
    await shownByReplica(100);
    await answeredByReplica(ada, adas);
    expect(await balanceOf(ada, adas)).toBe(900);
  });

  test('what it has not replayed yet is never cached, nor what it has and is older', async () => {
    const cached = await edge.addEdge({ READ_CACHE_TTL: '30s' });
    const read = async () => {
      const answer = await edge.call('GET', `${cached}/v1/wallets/${graces}`, { token: grace.token });
      return answer.body.balances.posted;
    };
    const hits = async () => {
      const text = await (await fetch(`${cached}/metrics`)).text();
      const line =
        /florin_read_cache_reads_total\{(?=[^}]*object="wallet")(?=[^}]*outcome="hit")[^}]*\} (\d+)/;
      return Number(line.exec(text)?.[1] ?? 0);
    };
    /** What is read while the cache is told of a change, or slow, comes past it. */
    const readFromCache = () =>
      eventually('an answer of the cache', async () => {
        const earlier = await hits();
        const posted = await read();
        return (await hits()) > earlier ? { posted } : undefined;
      });
    const before = (await readFromCache()).posted;
    await whileItLags(async () => {
      expect(await edge.transfer(ada, adas, graces, 1, { url: cached })).toMatchObject({ status: 201 });
      for (let i = 0; i < 5; i++) expect(await readFromCache()).toEqual({ posted: before + 1 });
      await shownByReplica(before);
    });
    expect(await readFromCache()).toEqual({ posted: before + 1 });
    await answeredByReplica(ada, adas);
  });

  test('an accepted call that is not done yet is there, too', async () => {
    let id = '';
    const show = () => edge.call('GET', `/v1/transactions/${id}`, { token: ada.token });
    edge.double.holdTransfers = true;
    await whileItLags(async () => {
      const headers = { prefer: 'respond-async' };
      const { status, body } = await edge.transfer(ada, adas, graces, 1, { headers });
      expect(status).toBe(202);
      id = body.id;
      expect((await show()).body).toEqual(body);
    });
    await edge.double.releaseTransfers();
    await eventually('its end', async () => ((await show()).body.status === 'completed' ? true : undefined));
  });

  test('one that lags for too long, or is gone, is not asked', async () => {
    await replica.pause();
    try {
      expect(await edge.transfer(ada, adas, graces, 10)).toMatchObject({ status: 201 });
      const { rows } = await edge.pool.query('SELECT posted FROM wallets WHERE id = $1', [graces]);
      edge.advanceClock(10_001);
      await eventually('an answer of the primary', async () =>
        (await balanceOf(grace, graces)) === Number(rows[0].posted) ? true : undefined,
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
