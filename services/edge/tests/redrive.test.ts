import { ServiceReported } from '@florin/contracts';
import { PermanentError } from '@florin/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import { type Any, admin } from './edge-fixture.js';

let ops: DeadLetterFixture;
let timer: NodeJS.Timeout | undefined;

beforeAll(async () => {
  ops = await DeadLetterFixture.create();
});
afterEach(async () => {
  clearInterval(timer);
  ops.edge.double.notificationFailure = () => undefined;
  const { data } = await ops.get('/ops/v1/redrive-rules');
  for (const { id } of data) await call('DELETE', `/ops/v1/redrive-rules/${id}`);
  for (const { id } of await ops.pending()) {
    await ops.post(`/ops/v1/dead-letters/${id}/discard`, { reason: 'end of the test' });
  }
});
afterAll(() => ops.close());

const call = (method: string, path: string, body?: object) =>
  ops.edge.call(method, path, { token: admin, body });
const createRule = async (rule: object): Promise<Any> =>
  expectStatus(
    await call('POST', '/ops/v1/redrive-rules', {
      group: 'notification',
      errorCode: 'template-*',
      stableSeconds: 1,
      backoffSeconds: 1,
      ...rule,
    }),
    201,
  );
const runsOf = async (ruleId: string): Promise<Any[]> =>
  (await ops.get(`/ops/v1/replays?ruleId=${ruleId}&requestedBy=auto-redrive`)).data;

interface Instance {
  readonly id: string;
  readonly version: string;
  readonly startedAt: number;
  readonly sms: string;
}

let running: readonly Instance[] = [];

/** What instances of the notification service report, again and again as real ones do; those left out have stopped. */
function report(instances: readonly Instance[]): void {
  clearInterval(timer);
  const changedAt = Date.now() - 5_000;
  const send = ({ id, version, startedAt, sms }: Instance, stopping: boolean) =>
    ops.edge.double.messaging.announce(ServiceReported, id, {
      instanceId: id,
      service: 'notification',
      version,
      startedAt,
      ready: !stopping,
      stopping,
      breakers: [{ name: 'sms', state: sms, failures: 0, changedAt, openedAt: changedAt, nextTryAt: null }],
      outbox: null,
    });
  const staying = new Set(instances.map(({ id }) => id));
  for (const instance of running) if (!staying.has(instance.id)) void send(instance, true);
  running = instances;
  const sendAll = (): void => instances.forEach((instance) => void send(instance, false));
  sendAll();
  timer = setInterval(sendAll, 1_000);
}

const smsIs = (sms: string) => report([{ id: smsInstance, version: 'v1', startedAt: 1_000, sms }]);
const smsInstance = uuidv7();

describe('a rule about a breaker', () => {
  test('replays when it is closed again, once with two edges, and leaves what an operator has touched', async () => {
    await ops.edge.addEdge();
    smsIs('open');
    const letters = await ops.deadLetters(5);
    const [discarded, edited] = letters;
    await ops.post(`/ops/v1/dead-letters/${discarded.id}/discard`, { reason: 'a test customer' });
    const { payload } = await ops.get(`/ops/v1/dead-letters/${edited.id}`);
    const edit = { baseRevision: 0, payload: { ...payload, amount: 6 }, reason: 'wrong amount' };
    expectStatus(await ops.post(`/ops/v1/dead-letters/${edited.id}/revisions`, edit), 201);
    const rule = await createRule({ name: 'sms-again', breaker: 'sms' });
    const waiting = await eventually('the obstacle', async () => {
      const found = await ops.get(`/ops/v1/redrive-rules/${rule.id}`);
      return found.obstacles.length > 0 ? found : undefined;
    });
    expect(waiting).toMatchObject({ obstacles: ['notification: breaker sms is open'], due: 0 });

    smsIs('closed');
    const [run] = await eventually('the run', async () => {
      const runs = await runsOf(rule.id);
      return runs[0]?.status === 'completed' ? runs : undefined;
    });
    expect(run).toMatchObject({ counts: { applied: 3 }, canary: true, reason: 'rule sms-again' });
    expect(await runsOf(rule.id)).toHaveLength(1);
    expect((await ops.get(`/ops/v1/audits?subject=${run.id}`)).data).toMatchObject([
      { actor: 'auto-redrive', action: 'replay.start' },
    ]);
    expect((await ops.pending()).map(({ id }) => id)).toEqual([edited.id]);
  });
});

describe('a rule about a new version', () => {
  test('replays what failed in the old one, as soon as nobody runs that', async () => {
    const old = { id: uuidv7(), version: 'v1', startedAt: 1_000, sms: 'closed' };
    report([old]);
    await ops.deadLetters(2);
    const rule = await createRule({ name: 'deployed', newVersion: true });
    report([old, { id: uuidv7(), version: 'v2', startedAt: Date.now(), sms: 'closed' }]);
    await eventually('both versions', async () => {
      const { obstacles } = await ops.get(`/ops/v1/redrive-rules/${rule.id}`);
      return obstacles.includes('notification: instances of different versions run') ? true : undefined;
    });
    expect(await runsOf(rule.id)).toEqual([]);
    report([{ id: uuidv7(), version: 'v2', startedAt: Date.now(), sms: 'closed' }]);
    await eventually('the run', async () =>
      (await runsOf(rule.id))[0]?.counts.applied === 2 ? true : undefined,
    );
  });
});

describe('a message that keeps failing', () => {
  test('is replayed as often as the rule says, then parked, and an operator can still replay it', async () => {
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    await ops.deadLetters(1);
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    const rule = await createRule({ name: 'old-ones', minAgeSeconds: 1, maxRedrivesPerLetter: 2 });
    const parked = await eventually(
      'the parked letter',
      async () => (await ops.get('/ops/v1/dead-letters?parked=true&status=pending')).data[0],
      60_000,
    );
    expect((await runsOf(rule.id)).map((run) => run.counts)).toEqual([{ failed: 1 }, { failed: 1 }]);
    expect((await ops.get(`/ops/v1/audits?subject=${parked.id}`)).data).toMatchObject([
      { actor: 'auto-redrive', action: 'dead-letter.park', detail: { redrives: 2 } },
    ]);
    ops.edge.double.notificationFailure = () => undefined;
    const { id } = expectStatus(await ops.post('/ops/v1/replays', { ids: [parked.id] }), 202);
    expect((await ops.finished(id)).counts).toEqual({ applied: 1 });
  }, 120_000);
});

describe('rules', () => {
  test('are listed, changed, disabled and deleted, and each of that is audited', async () => {
    const rule = await createRule({ name: 'mine', minAgeSeconds: 60, enabled: false });
    expect((await ops.get('/ops/v1/redrive-rules')).data).toMatchObject([{ id: rule.id, name: 'mine' }]);
    expect((await call('POST', '/ops/v1/redrive-rules', { name: 'mine', minAgeSeconds: 1 })).status).toBe(
      409,
    );
    expect((await call('POST', '/ops/v1/redrive-rules', { name: 'always' })).status).toBe(400);
    const path = `/ops/v1/redrive-rules/${rule.id}`;
    expect((await call('PATCH', path, { minAgeSeconds: null })).status).toBe(400);
    expect((await call('PATCH', path, { maxAgeSeconds: 30 })).status).toBe(400);
    expect(await call('PATCH', path, { enabled: true, minAgeSeconds: 90 })).toMatchObject({
      status: 200,
      body: { enabled: true, minAgeSeconds: 90, errorCode: 'template-*' },
    });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    const { data } = await ops.get(`/ops/v1/audits?subject=${rule.id}`);
    expect(data.map(({ action }: Any) => action)).toEqual([
      'redrive-rule.delete',
      'redrive-rule.update',
      'redrive-rule.create',
    ]);
    expect(await ops.get('/ops/v1/audits/verification')).toMatchObject({ intact: true });
  });

  test('are refused to a key that may only look', async () => {
    const reader = await ops.apiKey('ops:read');
    const answer = await ops.post('/ops/v1/redrive-rules', { name: 'x', minAgeSeconds: 1 }, reader.token);
    expect(answer.status).toBe(403);
  });
});
