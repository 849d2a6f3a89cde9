import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Any, type Customer, EdgeFixture } from './edge-fixture.js';
import { pdfText } from './pdf-text.js';

let edge: EdgeFixture;
let ada: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  const grace = await edge.newCustomer();
  ada = await edge.newCustomer();
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(grace);
  await edge.deposit(ada, adas, 5_000);
  for (const amount of [100, 200, 300, 400]) {
    await edge.transfer(ada, adas, graces, amount, { more: { description: `=${amount}` } });
  }
  await edge.deposit(ada, adas, 50);
});
afterAll(() => edge.close());

const statement = (query = '', headers: Record<string, string> = {}) =>
  edge.call('GET', `/v1/wallets/${adas}/statement${query}`, { token: ada.token, headers });

/** Every running balance follows from the one before it, from opening to closing. */
function checkArithmetic(lines: readonly Any[], opening: number, closing: number): void {
  let running = opening;
  for (const line of lines) {
    running += line.amount;
    expect(line.runningBalance).toBe(running);
  }
  expect(running).toBe(closing);
}

describe('a statement', () => {
  test('of all time runs from zero to the balance', async () => {
    const { body, status } = await statement();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openingBalance: 0,
      closingBalance: 4_050,
      currency: 'USD',
      nextCursor: null,
    });
    expect(body.data.map((line: Any) => line.amount)).toEqual([5_000, -100, -200, -300, -400, 50]);
    checkArithmetic(body.data, 0, 4_050);
    expect(body.data[0].description).toBe('deposit');
    expect(body.data[1].description).toBe('=100');
  });

  test('of any period opens and closes with the balances of that period', async () => {
    const all = (await statement()).body.data as Any[];
    for (let first = 0; first < all.length; first++) {
      for (let end = first; end <= all.length; end++) {
        const from = all[first].postedAt;
        const to =
          end === all.length
            ? new Date(Date.parse(all.at(-1).postedAt) + 1).toISOString()
            : all[end].postedAt;
        const { body } = await statement(`?from=${from}&to=${to}`);
        checkArithmetic(body.data, body.openingBalance, body.closingBalance);
        expect(body.data.every((line: Any) => line.postedAt >= from && line.postedAt < to)).toBe(true);
        if (end === all.length) expect(body.closingBalance).toBe(4_050);
      }
    }
  });

  test('of a period without entries opens and closes with the same balance', async () => {
    const after = await statement('?from=2099-01-01&to=2099-12-31');
    expect(after.body).toMatchObject({ openingBalance: 4_050, closingBalance: 4_050, data: [] });
    const before = await statement('?from=1999-01-01&to=1999-12-31');
    expect(before.body).toMatchObject({ openingBalance: 0, closingBalance: 0, data: [] });
    const reversed = await statement('?from=2099-01-01&to=1999-12-31');
    expect(reversed).toMatchObject({ status: 400, body: { errors: [{ pointer: '/query/to' }] } });
  });

  test('comes in pages that add up', async () => {
    const lines: Any[] = [];
    let cursor = '';
    let pages = 0;
    do {
      const { body } = await statement(`?limit=4${cursor && `&cursor=${cursor}`}`);
      expect(body).toMatchObject({ openingBalance: 0, closingBalance: 4_050 });
      lines.push(...body.data);
      cursor = body.nextCursor ?? '';
      pages++;
    } while (cursor !== '');
    expect(pages).toBe(2);
    checkArithmetic(lines, 0, 4_050);
  });

  test('ends on every page where it ended on the first, whatever is posted meanwhile', async () => {
    const joan = await edge.newCustomer();
    const joans = await edge.openWallet(joan);
    for (const amount of [10, 20, 30]) await edge.deposit(joan, joans, amount);
    const page = (query: string) =>
      edge.call('GET', `/v1/wallets/${joans}/statement${query}`, { token: joan.token });
    const first = (await page('?limit=2')).body;
    await edge.deposit(joan, joans, 1_000);
    const second = (await page(`?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second).toMatchObject({ closingBalance: 60, nextCursor: null });
    checkArithmetic([...first.data, ...second.data], 0, 60);
    expect((await page('')).body.closingBalance).toBe(1_060);
  });

  test('comes as CSV, with formulas made harmless', async () => {
    const { text, headers, status } = await statement('', { accept: 'text/csv' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    const lines = text.trim().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[2]).toMatch(/,-100,4900,'=100,USD,-1.00,49.00$/);
  });

  test.each(['text/csv', 'application/pdf'])('as %s ends where it is told to', async (accept) => {
    const { status, headers } = await statement('?limit=4', { accept });
    expect(status).toBe(200);
    const next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')![1]!;
    const rest = await edge.call('GET', next, { token: ada.token, headers: { accept: 'text/csv' } });
    expect(rest.text.trim().split('\r\n')).toHaveLength(1 + 2);
    expect(rest.headers.get('link')).toBeNull();
  });

  test.each(['?cursor=x', '?cursor=3', '?from=yesterday', '?limit=0', '?unknown=1'])(
    'with %s is refused',
    async (query) => {
      expect((await statement(query)).status).toBe(400);
    },
  );

  test('comes as PDF, for the period asked for', async () => {
    const url = `${edge.url}/v1/wallets/${adas}/statement?from=1999-01-01&to=1999-01-31`;
    const headers = { accept: 'application/pdf', authorization: `Bearer ${ada.token}` };
    const empty = await fetch(url, { headers });
    expect(empty.headers.get('content-type')).toBe('application/pdf');
    const [page] = pdfText(Buffer.from(await empty.arrayBuffer()));
    expect(page).toContain('1999-01-01 to 1999-01-31');
    const full = await fetch(url.split('?')[0]!, { headers });
    const [first] = pdfText(Buffer.from(await full.arrayBuffer()));
    expect(first).toContain('Account holder\nAda\n');
    expect(first).toContain('Closing balance\n40.50 USD');
    expect(first).toContain('=400\n4.00\n40.00');
  });

  test('in a media type that is not offered is refused', async () => {
    expect((await statement('', { accept: 'image/png' })).status).toBe(406);
  });
});

describe('a balance', () => {
  const balance = async (query = '') =>
    (await edge.call('GET', `/v1/wallets/${adas}/balance${query}`, { token: ada.token })).body;

  test('is known now and at any past time', async () => {
    expect(await balance()).toMatchObject({ posted: 4_050, held: 0, available: 4_050, currency: 'USD' });
    const all = (await statement()).body.data as Any[];
    for (const [i, line] of all.entries()) {
      if (all[i + 1]?.postedAt === line.postedAt) continue;
      expect((await balance(`?at=${line.postedAt}`)).posted).toBe(line.runningBalance);
    }
    expect(await balance('?at=1999-01-01T00:00:00Z')).toMatchObject({ posted: 0, held: 0, available: 0 });
  });

  test('is not known in the future, beyond what a clock may be fast', async () => {
    await edge.whileTimeStands(async () => {
      const now = edge.clock.now();
      const at = (ms: number) => `?at=${new Date(now + ms).toISOString()}`;
      const refused = { code: 'validation-failed', errors: [{ pointer: '/query/at' }] };
      expect(await balance(at(60_001))).toMatchObject(refused);
      const soon = await balance(at(60_000));
      expect(soon).toMatchObject({ posted: 4_050, at: new Date(now).toISOString() });
    });
  });
});
