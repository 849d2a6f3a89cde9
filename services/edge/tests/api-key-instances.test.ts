import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceProcess } from '../../../test/env/service-process.js';
import { eventually } from '../../../test/story/eventually.js';
import { call } from '../../../test/story/http.js';
import { dumpTopics } from '../../../test/system/topic-dump.js';
import { newApiKey } from './api-key-fixture.js';
import { type Any, admin, EdgeFixture } from './edge-fixture.js';
import { NetworkLink } from './network-link.js';

let edge: EdgeFixture;
let other: ServiceProcess;
let redis: NetworkLink;
let log = '';
const keys: string[] = [];

beforeAll(async () => {
  edge = await EdgeFixture.create();
  const url = new URL(process.env.REDIS_URL!);
  redis = await NetworkLink.to(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(redis.port);
  const env = { ...edge.environment, REDIS_URL: url.href, LOG_LEVEL: 'trace' };
  other = await ServiceProcess.start('edge', env, {
    onOutput: (text) => {
      log += text;
    },
  });
  await eventually(
    'the other edge',
    async () => {
      const ready = await fetch(`${other.url}/health/ready`).catch(() => undefined);
      return ready?.status === 200 ? true : undefined;
    },
    90_000,
  );
}, 180_000);
afterEach(() => redis.mend());
afterAll(async () => {
  await other?.kill();
  await edge?.close();
  await redis?.close();
});

async function newKey(): Promise<{ id: string; key: string }> {
  const { id, key } = await newApiKey(edge, ['customers:read']);
  keys.push(key);
  return { id, key };
}

interface Sample {
  readonly startedAt: number;
  readonly status: number;
}

/** Calls an edge with a key, again and again, until it is stopped. */
class Burst {
  readonly samples: Sample[] = [];
  private stopped = false;
  private readonly loops: Promise<void>[];

  constructor(url: string, key: string) {
    this.loops = Array.from({ length: 3 }, () => this.run(url, key));
  }

  async stop(): Promise<readonly Sample[]> {
    this.stopped = true;
    await Promise.all(this.loops);
    return this.samples;
  }

  private async run(url: string, key: string): Promise<void> {
    while (!this.stopped) {
      const startedAt = performance.now();
      const { status } = await call('GET', `${url}/v1/customers?limit=1`, { token: key });
      this.samples.push({ startedAt, status });
    }
  }
}

/** Revokes a key at `url` in the middle of a burst on both edges, and checks that each ends it within a second. */
async function revokeInBurst(url: string): Promise<void> {
  const { id, key } = await newKey();
  const bursts = [edge.url, other.url].map((at) => new Burst(at, key));
  await eventually('the burst', async () =>
    bursts.every(({ samples }) => samples.filter(({ status }) => status === 200).length >= 20)
      ? true
      : undefined,
  );
  const { status } = await call('DELETE', `${url}/v1/api-keys/${id}`, { token: admin });
  const revokedAt = performance.now();
  expect(status).toBe(204);
  await eventually('calls after the second', async () =>
    bursts.every(
      ({ samples }) => samples.filter(({ startedAt }) => startedAt > revokedAt + 1_000).length >= 5,
    )
      ? true
      : undefined,
  );
  for (const burst of bursts) {
    const samples = await burst.stop();
    expect(new Set(samples.map((sample) => sample.status))).toEqual(new Set([200, 401]));
    const late = samples.filter((sample) => sample.startedAt > revokedAt + 1_000);
    expect(late.filter((sample) => sample.status !== 401)).toEqual([]);
  }
}

describe('a key that is revoked in the middle of a burst ends on two edges within a second', () => {
  test('with Redis', () => revokeInBurst(edge.url));

  test('when one of them cannot reach Redis', async () => {
    redis.cut();
    await revokeInBurst(edge.url);
  });

  test('when the one that revokes cannot reach Redis', async () => {
    redis.cut();
    await revokeInBurst(other.url);
  });

  test('when the connection of one of them to Redis is frozen', async () => {
    redis.freeze();
    await revokeInBurst(edge.url);
  });
});

test('with Redis the other edge hears of a revocation before it looks', async () => {
  await eventually('Redis', async () => {
    const { id, key } = await newKey();
    const use = async () => (await call('GET', `${other.url}/v1/customers?limit=1`, { token: key })).status;
    await use();
    await call('DELETE', `${edge.url}/v1/api-keys/${id}`, { token: admin });
    return (await use()) === 401 ? true : undefined;
  });
});

test('no key is in logs, topics, dead letters or tables', async () => {
  const { id, key } = await newKey();
  const body = { overlapSeconds: 60 };
  const rotated = await call<Any>('POST', `${other.url}/v1/api-keys/${id}/rotate`, { token: admin, body });
  keys.push(rotated.body.key);
  await call('GET', `${other.url}/ops/v1/topics`, { token: key });
  await call('GET', `${other.url}/v1/customers`, { token: `${key}x` });
  const stored = await eventually('the security log', async () => {
    const { rows } = await edge.pool.query(
      `SELECT 1 FROM security_events WHERE event = 'authorization.failed'`,
    );
    return rows.length > 0 ? rows : undefined;
  });
  expect(stored.length).toBeGreaterThan(0);
  // Behind the prefix, which is no secret.
  const secrets = keys.map((one) => one.slice(12));
  const hex = secrets.map((secret) => Buffer.from(secret).toString('hex'));
  expect(log).toContain('/v1/api-keys/{id}/rotate');
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
  const topics = await dumpTopics(edge.topicPrefix);
  expect(topics.filter(({ value }) => value.includes(key.slice(0, 12))).length).toBeGreaterThan(0);
  const leaks = topics.filter(({ value, headers }) =>
    secrets.some((secret) => value.includes(secret) || JSON.stringify(headers).includes(secret)),
  );
  expect(leaks).toEqual([]);
  const { rows: tables } = await edge.pool.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { name } of tables) {
    const { rows } = await edge.pool.query(`SELECT 1 FROM ${name} AS t WHERE t::text LIKE ANY ($1::text[])`, [
      [...secrets, ...hex].map((text) => `%${text}%`),
    ]);
    expect({ name, rows }).toEqual({ name, rows: [] });
  }
});
