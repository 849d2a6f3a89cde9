import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(await edge.newCustomer());
});
afterAll(() => edge.close());

const get = async (path: string): Promise<Any> => (await edge.call('GET', path, { token: admin })).body;
const replay = (body: object, idempotencyKey?: string) =>
  edge.call('POST', '/ops/v1/replays', { token: admin, body, idempotencyKey });

/** Makes `count` declined transfers whose notification fails for good; returns their pending dead letters. */
async function deadLetters(count: number): Promise<Any[]> {
  edge.double.refuseNotifications = true;
  for (let i = 0; i < count; i++) await edge.transfer(ada, adas, graces, 5);
  const letters = await eventually('the dead letters', async () => {
    const { data } = await get('/ops/v1/dead-letters?status=pending');
    return data.length === count ? (data as Any[]) : undefined;
  });
  edge.double.refuseNotifications = false;
  return letters;
}

function outcomes(replayId: string): Promise<Any> {
  return eventually('the replay to complete', async () => {
    const answer = await get(`/ops/v1/replays/${replayId}`);
    return answer.status === 'completed' ? answer : undefined;
  });
}

describe('dead letters', () => {
  test('are indexed with payload and cause, grouped, replayed once and resolved', async () => {
    const letters = await deadLetters(3);
    const [letter] = letters;
    expect(letter).toMatchObject({
      topic: 'transaction.events.notification.dlq',
      group: 'notification',
      messageName: 'florin.transaction.TransactionDeclined',
      errorCode: 'template-missing',
      status: 'pending',
      attempts: 1,
    });
    const detail = await get(`/ops/v1/dead-letters/${letter.id}`);
    expect(detail.payload).toMatchObject({ sourceOwnerId: ada.id, amount: 5, currency: 'USD' });
    expect(Buffer.from(detail.valueBase64, 'base64')[0]).toBe(0);
    const groups = (await get('/ops/v1/dead-letter-groups')).data;
    expect(groups).toEqual([
      expect.objectContaining({
        fingerprint: letter.fingerprint,
        count: 3,
        moneyAtRest: [{ currency: 'USD', amount: 15 }],
      }),
    ]);

    const one = await replay({ ids: [letter.id] }, 'one');
    expect(one.status).toBe(202);
    expect(one.headers.get('location')).toBe(`/ops/v1/replays/${one.body.id}`);
    expect((await outcomes(one.body.id)).items).toEqual([
      { deadLetterId: letter.id, outcome: 'applied', revision: 0, detail: null },
    ]);
    expect(await replay({ ids: [letter.id] }, 'two')).toMatchObject({
      status: 409,
      body: { code: 'dead-letter-not-pending' },
    });
    expect((await replay({ ids: [letter.id] }, 'one')).text).toBe(one.text);

    const rest = await replay({ fingerprint: letter.fingerprint });
    expect((await outcomes(rest.body.id)).items).toHaveLength(2);
    expect((await get('/ops/v1/dead-letters?status=pending')).data).toEqual([]);
    expect((await get('/ops/v1/dead-letters?resolution=applied')).data).toHaveLength(3);
    await eventually('the notifications', async () => {
      const { data } = (await edge.call('GET', '/v1/notifications', { token: ada.token })).body;
      return data.length === 3 && data.every((n: Any) => n.status === 'delivered') ? true : undefined;
    });
  });

  test('that fail again are superseded by a new one', async () => {
    const [letter] = await deadLetters(1);
    edge.double.refuseNotifications = true;
    const { body } = await replay({ ids: [letter.id] });
    const { items } = await outcomes(body.id);
    expect(items).toEqual([
      {
        deadLetterId: letter.id,
        outcome: 'failed',
        revision: 0,
        detail: expect.stringContaining('template-missing'),
      },
    ]);
    expect(await get(`/ops/v1/dead-letters/${letter.id}`)).toMatchObject({
      status: 'resolved',
      resolution: 'superseded',
    });
    const successor = await eventually('the new dead letter', async () => {
      const { data } = await get('/ops/v1/dead-letters?status=pending');
      return data[0] as Any;
    });
    expect(successor.id).not.toBe(letter.id);
    edge.double.refuseNotifications = false;
    const second = await replay({ group: 'notification', topic: successor.topic });
    expect((await outcomes(second.body.id)).items[0].outcome).toBe('applied');
  });

  test('selected by ten operators at once are replayed once', async () => {
    const [letter] = await deadLetters(1);
    const answers = await Promise.all(Array.from({ length: 10 }, () => replay({ ids: [letter.id] })));
    const started = answers.filter(({ status }) => status === 202);
    const replays = await Promise.all(started.map(({ body }) => outcomes(body.id)));
    expect(replays.flatMap(({ items }) => items)).toEqual([
      { deadLetterId: letter.id, outcome: 'applied', revision: 0, detail: null },
    ]);
  });

  test('are replayed on a clear selection only, with the scope', async () => {
    expect((await replay({})).status).toBe(400);
    expect((await replay({ ids: ['01890a5d-ac96-774b-bcce-b302099a8057'] })).status).toBe(404);
    const asCustomer = { token: ada.token, body: { group: 'notification' } };
    expect((await edge.call('POST', '/ops/v1/replays', asCustomer)).status).toBe(403);
    expect((await edge.call('GET', '/ops/v1/dead-letters', { token: ada.token })).status).toBe(403);
  });
});

describe('the cluster', () => {
  test('shows brokers and topics without the prefix of the installation', async () => {
    const { brokers, data } = await get('/ops/v1/topics');
    expect(brokers.length).toBeGreaterThan(0);
    const commands = data.find((topic: Any) => topic.name === 'transaction.commands');
    expect(commands).toMatchObject({ partitions: 2 });
    expect(commands.records).toBeGreaterThan(0);
  });

  test('shows every group with its lag', async () => {
    const { data } = await get('/ops/v1/consumer-groups');
    const services = ['application', 'edge', 'notification', 'transaction', 'wallet'];
    const groups = [...services, 'transaction-outcomes'];
    expect(data.map((group: Any) => group.group).sort()).toEqual(
      groups.flatMap((group) => [group, `${group}.retry`]).sort(),
    );
    const retries = data.find((group: Any) => group.group === 'wallet.retry');
    expect(retries.lag.map(({ topic }: Any) => topic)).toContain('wallet.commands.wallet.retry.100ms');
    expect(data.every((group: Any) => group.state === 'Stable' && group.members > 0)).toBe(true);
  });

  test('shows what waits in the outbox', async () => {
    const outbox = await eventually('an empty outbox', async () => {
      const { data } = await get('/ops/v1/outboxes');
      return data[0].unpublished === 0 ? data[0] : undefined;
    });
    expect(outbox).toMatchObject({ service: 'edge', unpublished: 0, oldestUnpublishedAgeMs: 0, leases: 8 });
  });
});
