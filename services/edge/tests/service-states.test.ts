import { type BreakerObserver, createBreaker } from '@florin/resilience';
import { commonConfig, createRuntime, type Runtime } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { type Any, admin, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  await edge.close();
});

const get = async (path: string): Promise<Any> => (await edge.call('GET', path, { token: admin })).body;

/** An instance of the notification service as far as its reports go: runtime, database and Kafka are the real ones. */
async function startInstance(version: string): Promise<Runtime> {
  const test = await createTestDatabase('notification');
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  const runtime = createRuntime({
    service: 'notification',
    databaseUrl: test.url,
    config: commonConfig.parse({
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL,
      TOPIC_PREFIX: edge.topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: '100ms',
      SERVICE_VERSION: version,
    }),
  });
  await runtime.messaging.start();
  cleanUps.push(async () => {
    await runtime.messaging.stop();
    await runtime.database.close();
    await test.drop();
  });
  return runtime;
}

function smsBreaker(observe: BreakerObserver) {
  const breaker = createBreaker('sms', { volumeThreshold: 2, resetTimeoutMs: 300 }, observe);
  cleanUps.push(async () => breaker.close());
  const call = (work: () => Promise<void>): Promise<unknown> => breaker.run(work).catch(() => undefined);
  return {
    fail: () => call(() => Promise.reject(new Error('no answer'))),
    succeed: () => call(() => Promise.resolve()),
  };
}

const breakerIs = (state: string): Promise<Any> =>
  eventually(`the breaker to be ${state}`, async () => {
    const { data } = await get('/ops/v1/breakers');
    return (data as Any[]).find((b) => b.name === 'sms' && b.state === state);
  });

const instancesOf = async (name: string): Promise<Any[]> =>
  (await get('/ops/v1/services')).data.find((s: Any) => s.service === name).instances;

describe('the state of services', () => {
  test('is known of every instance while it runs, with breakers and outbox', async () => {
    expect((await get('/ops/v1/services')).data.map((s: Any) => s.service).sort()).toEqual([
      'application',
      'edge',
      'notification',
      'transaction',
      'wallet',
    ]);
    const [own] = await eventually('the report of the edge', async () => {
      const instances = await instancesOf('edge');
      return instances[0]?.ready ? instances : undefined;
    });
    expect(own).toMatchObject({ ready: true, stale: false, version: expect.stringMatching(/^\d/) });

    const runtime = await startInstance('v1');
    const sms = smsBreaker(runtime.observeBreaker);
    expect(await breakerIs('closed')).toMatchObject({ service: 'notification', openedAt: null, failures: 0 });
    await sms.fail();
    await sms.fail();
    const open = await eventually('an open breaker', async () => {
      const { data } = await get('/ops/v1/breakers');
      return (data as Any[]).find((b) => b.openedAt !== null);
    });
    expect(open).toMatchObject({ name: 'sms', service: 'notification', failures: 2, stale: false });
    await breakerIs('half-open');
    await sms.succeed();
    expect((await breakerIs('closed')).openedAt).not.toBeNull();

    const { data: outboxes } = await get('/ops/v1/outboxes');
    expect(outboxes).toContainEqual(
      expect.objectContaining({ service: 'notification', unpublished: 0, stale: false }),
    );
    const [instance] = await instancesOf('notification');
    expect(instance).toMatchObject({ version: 'v1', ready: true });
    await runtime.messaging.stop();
    await eventually('the instance to leave', async () =>
      (await instancesOf('notification')).length === 0 ? true : undefined,
    );
  });

  test('is stale when an instance fell silent, and forgotten after five minutes', async () => {
    await startInstance('v2');
    await eventually('the instance', async () => (await instancesOf('notification'))[0]);
    // The instance lives by the clock of the system: for the edge its reports are now old.
    edge.advanceClock(60_000);
    expect((await instancesOf('notification'))[0]).toMatchObject({ stale: true });
    edge.advanceClock(300_000);
    expect(await instancesOf('notification')).toEqual([]);
    edge.advanceClock(-360_000);
  });

  test('reports go past the outbox and stay few', async () => {
    const { rows } = await edge.pool.query('SELECT count(*) AS n FROM outbox');
    expect(Number(rows[0].n)).toBe(0);
    const deployments = await edge.pool.query(
      `SELECT version, previous_version AS "previousVersion" FROM deployments WHERE service = 'notification'
       ORDER BY started_at`,
    );
    expect(deployments.rows).toEqual([
      { version: 'v1', previousVersion: null },
      { version: 'v2', previousVersion: 'v1' },
    ]);
  });
});
