import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let second: string;
let ada: Customer;
let adas: string;

beforeAll(async () => {
  edge = await EdgeFixture.create({
    RATE_LIMIT_READS: '4/1h',
    RATE_LIMIT_LISTS: '3/1h',
    RATE_LIMIT_ROUTES: 'getBalance=2/1h',
  });
  second = await edge.addEdge();
  ada = await edge.newCustomer();
  adas = await edge.openWallet(ada);
});
afterAll(() => edge.close());

/** Calls that follow each other, by turns on both instances. */
async function statuses(path: string, token: string, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const answer = await edge.call('GET', `${i % 2 === 0 ? edge.url : second}${path}`, { token });
    found.push(answer.status);
  }
  return found;
}

describe('a quota', () => {
  test('is that of a caller for a route, on all instances together', async () => {
    expect(await statuses(`/v1/wallets/${adas}`, ada.token, 6)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await statuses('/v1/wallets?limit=1', ada.token, 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses('/v1/cards?limit=1', ada.token, 1)).toEqual([200]);
    expect(await statuses(`/v1/wallets/${adas}`, admin, 1)).toEqual([200]);
  });

  test('can be that of one route', async () => {
    const answers: Any[] = [];
    for (let i = 0; i < 3; i++) {
      answers.push(await edge.call('GET', `/v1/wallets/${adas}/balance`, { token: ada.token }));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0].headers.get('ratelimit-policy')).toBe('"getBalance";q=2;w=3600');
    expect(answers[2].headers.get('ratelimit')).toMatch(/^"getBalance";r=0;t=\d+$/);
    expect(Number(answers[2].headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('counts calls that the caller may not make', async () => {
    expect(await statuses('/v1/customers', ada.token, 5)).toEqual([403, 403, 403, 429, 429]);
    expect(await statuses('/v1/customers?limit=1', admin, 1)).toEqual([200]);
  });
});
