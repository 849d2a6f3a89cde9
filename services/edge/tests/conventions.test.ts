import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@florin/local';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';
import { type OwnRedis, startOwnRedis } from './own-redis.js';

const quota = 30;
let redis: OwnRedis;
let edge: EdgeFixture;
let second: string;
let ada: Customer;

beforeAll(async () => {
  redis = await startOwnRedis();
  edge = await EdgeFixture.create({ REDIS_URL: redis.url, RATE_LIMIT_READS: `${quota}/1h` });
  second = await edge.addEdge();
  ada = await edge.newCustomer();
}, 180_000);
afterAll(async () => {
  redis.thaw();
  await edge.close();
  await redis.close();
}, 180_000);

const read = (url: string, token: string) => edge.call('GET', `${url}/v1/customers/me`, { token });
const readMany = (count: number, token: string) =>
  Promise.all(Array.from({ length: count }, (_, i) => read(i % 2 === 0 ? edge.url : second, token)));

describe('rate limits', () => {
  test('hold over all edges, say what is left, and exempt health and documents', async () => {
    const first = await read(edge.url, ada.token);
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe(`"reads";q=${quota};w=3600`);
    expect(first.headers.get('ratelimit')).toMatch(new RegExp(`^"reads";r=${quota - 1};t=\\d+$`));
    const answers = await readMany(2 * quota, ada.token);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(quota - 1);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body).toMatchObject({ code: 'rate-limited', status: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    expect(refused.headers.get('ratelimit')).toMatch(/^"reads";r=0;t=\d+$/);
    const grace = await edge.newCustomer();
    expect((await read(second, grace.token)).status).toBe(200);
    for (const path of ['/health/live', '/metrics', '/openapi.json']) {
      expect((await fetch(edge.url + path)).status).toBe(200);
    }
    const metrics = await (await fetch(`${edge.url}/metrics`)).text();
    expect(metrics).toMatch(/florin_rate_limited_total\{[^}]*policy="reads"[^}]*\} \d+/);
  });

  test('hold on each edge while Redis hangs, and nobody waits for it', async () => {
    const grace = await edge.newCustomer();
    // Known to both edges, so that a look into the list of revoked sessions is not what is measured.
    expect((await Promise.all([read(edge.url, grace.token), read(second, grace.token)])).length).toBe(2);
    redis.freeze();
    try {
      const hopper = await edge.newCustomer();
      const startedAt = performance.now();
      const answers = await readMany(4 * quota, hopper.token);
      // Commands of everything else would give up after two seconds, one after the other.
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2 * quota);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(2 * quota);
    } finally {
      redis.thaw();
    }
  });
});

test('PATCH with If-Match changes only what its caller has seen', async () => {
  const grace = await edge.newCustomer();
  const seen = (await read(edge.url, grace.token)).headers.get('etag')!;
  const rename = (fullName: string, etag: string) =>
    edge.call('PATCH', '/v1/customers/me', {
      token: grace.token,
      body: { fullName },
      headers: { 'if-match': etag },
    });
  const racing = await Promise.all(['Grace A', 'Grace B', 'Grace C'].map((name) => rename(name, seen)));
  expect(racing.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  const winner = racing.find(({ status }) => status === 200)!;
  expect(racing.find(({ status }) => status === 412)!.body.code).toBe('precondition-failed');
  expect((await read(edge.url, grace.token)).headers.get('etag')).toBe(winner.headers.get('etag'));
  expect((await rename('Grace D', '*')).status).toBe(200);
  const endless = await rename('Grace E', `"${'v'.repeat(1_000)}"`);
  expect(endless).toMatchObject({ status: 400, body: { errors: [{ pointer: '/headers/If-Match' }] } });
});

test('what Prefer asked for is said when it was done', async () => {
  const grace = await edge.newCustomer();
  const walletType = await edge.walletType();
  const open = (prefer: string) =>
    edge.call('POST', '/v1/wallets', { token: grace.token, body: { walletType }, headers: { prefer } });
  const now = await open('respond-async');
  expect(now.status).toBe(202);
  expect(now.headers.get('location')).toBe(`/v1/wallets/${now.body.id}`);
  expect(now.headers.get('preference-applied')).toBe('respond-async');
  const waited = await open('return=minimal, wait=31; x=y');
  expect(waited.status).toBe(201);
  expect(waited.headers.get('preference-applied')).toBe('wait=30');
  expect((await open('wait=soon')).headers.get('preference-applied')).toBeNull();
});

test('the log says who called what, and nothing about the person', async () => {
  const lines = await withLoggedEdge(async (url) => {
    const person = {
      email: `${randomUUID()}@example.com`,
      phone: '+14155550199',
      password: 'correct otter 1843',
    };
    const call = edge.call.bind(edge);
    await call('POST', `${url}/v1/customers`, { body: { fullName: 'Zaphod Quux', ...person } });
    await call('POST', `${url}/v1/customers`, { body: { fullName: 7, ...person } });
    await call('POST', `${url}/v1/sessions`, { body: { email: person.email, password: 'wrong otter 1843' } });
    await call('GET', `${url}/v1/customers/find?email=${person.email}`, { token: admin });
    await call('GET', `${url}/v1/customers/me?email=${person.email}`, { token: ada.token });
    await call('GET', `${url}/v1/wallets/${person.email}`, { token: ada.token });
    await call('GET', `${url}/nowhere/${person.email}`);
    return [
      person.email,
      person.phone,
      person.password,
      'wrong otter',
      'Zaphod',
      ada.token,
      admin,
      '127.0.0.1',
    ];
  });
  const requests = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(requests).toContainEqual(
    expect.objectContaining({
      method: 'GET',
      route: '/v1/customers/me',
      status: expect.any(Number),
      caller: `customer:${ada.id}`,
      bytes: expect.any(Number),
      durationMs: expect.any(Number),
      requestId: expect.any(String),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    }),
  );
  expect(requests.length).toBeGreaterThanOrEqual(7);
});

/** Runs the real program of the edge, and looks in all that it prints for what `use` says must not be there. */
async function withLoggedEdge(use: (url: string) => Promise<string[]>): Promise<string[]> {
  const [port] = await freePorts(1);
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', program], {
    env: { ...process.env, ...edge.environment, LOG_LEVEL: 'debug', EDGE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(
      'the edge to be ready',
      async () => {
        const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
        // It logs its address, and what it logs arrives when it likes.
        return answer?.status === 200 && output.includes('edge is ready') ? true : undefined;
      },
      60_000,
    );
    const before = output.length;
    const secrets = await use(url);
    await eventually('the last line', async () =>
      /unmatched|nowhere|"status":404/.test(output) ? true : undefined,
    );
    const written = output.slice(before);
    for (const secret of secrets) expect(written).not.toContain(secret);
    return written.split('\n').filter((line) => line.startsWith('{'));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
