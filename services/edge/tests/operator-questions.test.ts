import { RetryableError } from '@florin/messaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import { type Any, admin } from './edge-fixture.js';

let ops: DeadLetterFixture;
beforeAll(async () => {
  ops = await DeadLetterFixture.create();
});
afterAll(() => ops.close());

describe('a question that nobody can have meant', () => {
  test.each([
    ['/ops/v1/dead-letters?attempts=0x5', '/query/attempts'],
    ['/ops/v1/dead-letters?attempts=', '/query/attempts'],
    ['/ops/v1/dead-letters?attempts[gte]=1e2', '/query/attempts[gte]'],
    ['/ops/v1/dead-letters?offset=%205', '/query/offset'],
    ['/ops/v1/dead-letters?limit=', '/query/limit'],
    ['/ops/v1/dead-letters?attempts[gte]=5&attempts[lt]=3', '/query/attempts'],
    [
      '/ops/v1/dead-letters?lastFailedAt[gte]=2026-01-02T00:00:00Z&lastFailedAt[lt]=2026-01-01T00:00:00Z',
      '/query/lastFailedAt',
    ],
  ])('%s is refused', async (path, pointer) => {
    const answer = await ops.edge.call('GET', path, { token: admin });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ pointer }] } });
  });

  test('a statement that ends before it begins is refused', async () => {
    const owner = await ops.edge.newCustomer();
    const path = `/v1/wallets/${await ops.edge.openWallet(owner)}/statement`;
    const ask = (query: string) => ops.edge.call('GET', `${path}?${query}`, { token: owner.token });
    expect((await ask('from=2026-02-01&to=2026-02-01')).status).toBe(200);
    expect(await ask('from=2026-02-02&to=2026-02-01')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/query/to' }] },
    });
  });
});

describe('a search', () => {
  test('takes what LIKE would take for a wildcard literally', async () => {
    const letters = await ops.deadLetters(1);
    const found = async (text: string): Promise<number> =>
      (await ops.get(`/ops/v1/dead-letters?search=${encodeURIComponent(text)}`)).data.length;
    expect(await found(letters[0].key)).toBe(1);
    expect(await found('TRANSACTION.events')).toBe(1);
    expect(await found('%')).toBe(0);
    expect(await found('transaction_events')).toBe(0);
    expect(await found('\\')).toBe(0);
    await ops.post(`/ops/v1/dead-letters/${letters[0].id}/discard`, { reason: 'end of the test' });
  });
});

describe('a replay whose first attempt fails and is tried again', () => {
  test('tells so at once: a canary keeps the others where they are', async () => {
    const letters = await ops.deadLetters(3);
    let attempts = 0;
    ops.edge.double.notificationFailure = () =>
      ++attempts === 1 ? new RetryableError('provider-timeout', 'no answer') : undefined;
    const ids = letters.map(({ id }: Any) => id);
    const { id } = expectStatus(await ops.post('/ops/v1/replays', { ids, canary: true }), 202);
    // The canary succeeds at its second attempt, but by then the others are no longer part of the replay.
    expect(await ops.finished(id)).toMatchObject({
      status: 'aborted',
      abortReason: 'canary-failed',
      counts: { applied: 1, cancelled: 2 },
      retrying: 0,
    });
    expect(await ops.pending()).toHaveLength(2);
  });

  test('is listed with its counts, and told without its items', async () => {
    const { data } = await ops.get('/ops/v1/replays?canary=true&limit=1');
    expect(data).toMatchObject([{ canary: true, ruleId: null, counts: { applied: 1 }, items: [] }]);
    const counts = await eventually('the counts', () => ops.get(`/ops/v1/replays/${data[0].id}?items=false`));
    expect(counts).toMatchObject({ items: [], counts: { applied: 1, cancelled: 2 } });
    expect((await ops.get(`/ops/v1/replays/${data[0].id}`)).items).toHaveLength(3);
  });
});
