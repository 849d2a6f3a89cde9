import { hashApiKey, isWellFormedApiKey } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { storeApiKey } from './api-key-fixture.js';
import { EdgeFixture } from './edge-fixture.js';
import { runFlorin } from './run-florin.js';

let edge: EdgeFixture;
beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(() => edge.close());

const florin = (...args: string[]) => runFlorin(edge.url, ['api-keys', ...args]);
const statusWith = async (token: string): Promise<number> =>
  (await edge.call('GET', '/v1/customers?limit=1', { token })).status;

async function created(name: string, ...more: string[]): Promise<{ id: string; key: string }> {
  const { exitCode, stdout } = await florin('create', name, '--scope', 'customers:read', ...more, '--json');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

describe('florin api-keys', () => {
  test('creates a key and lists it without its secret', async () => {
    const made = await florin('create', 'Acme', '--scope', 'customers:read', 'ops:read', '--expires', '90d');
    const [, id, key] =
      /id +(\S+)\nkey +(\S+)\nscopes +customers:read ops:read\nuntil/.exec(made.stdout) ?? [];
    expect(isWellFormedApiKey(key!)).toBe(true);
    expect(made.stderr).toContain('shown this once');
    expect(await statusWith(key!)).toBe(200);
    const { stdout } = await florin('list', '--status', 'active', '--scope', 'ops:read');
    expect(stdout).toContain(id);
    expect(stdout).toMatch(/Acme +flk_\w{8} +active +customers:read ops:read/);
    expect(stdout).not.toContain(key);
    expect((await florin('list', '--status', 'revoked')).stdout).not.toContain(id);
  });

  test('says what is wrong with a wish', async () => {
    const unknown = await florin('create', 'Acme', '--scope', 'everything');
    expect(unknown).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/scopes/0') });
    expect(await florin('create', 'Acme')).toMatchObject({ exitCode: 2 });
    expect(await florin('create', 'Acme', '--scope', '*', '--expires', 'soon')).toMatchObject({
      exitCode: 2,
    });
    expect(await florin('rotate', 'x', '--overlap', 'long')).toMatchObject({ exitCode: 2 });
  });

  test('rotates, and without an overlap only when told to twice', async () => {
    const old = await created('Rotated');
    const gentle = await florin('rotate', old.id, '--overlap', '1h');
    expect(gentle).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('… works until') });
    expect(await statusWith(old.key)).toBe(200);
    expect(await florin('rotate', old.id, '--overlap', '1h')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('rotation-in-progress'),
    });
    expect(await florin('rotate', old.id, '--overlap', '0')).toMatchObject({ exitCode: 2 });
    const { exitCode, stdout } = await florin('rotate', old.id, '--overlap', '0', '--yes', '--json');
    expect([exitCode, await statusWith(old.key), await statusWith(JSON.parse(stdout).key)]).toEqual([
      0, 401, 200,
    ]);
  });

  test('revokes only when told to twice', async () => {
    const { id, key } = await created('Revoked');
    expect(await florin('revoke', id)).toMatchObject({ exitCode: 2 });
    expect(await statusWith(key)).toBe(200);
    expect(await florin('revoke', id, '--yes')).toMatchObject({
      exitCode: 0,
      stdout: `Revoked (${key.slice(0, 12)}) is revoked.\n`,
    });
    expect(await statusWith(key)).toBe(401);
  });

  test('shows how much a key is used', async () => {
    const { id, key } = await created('Used');
    expect((await florin('usage', id)).stdout).toBe('No calls.\n');
    await statusWith(key);
    const table = await eventually('the count', async () => {
      const { stdout } = await florin('usage', id, '--days', '2');
      return stdout.includes('No calls') ? undefined : stdout;
    });
    expect(table).toMatch(/DAY +CALLS +REFUSED\s+\d{4}-\d\d-\d\d +1 +0/);
  });
});

describe('the first key', () => {
  async function bootstrap(): Promise<{ key: string; hash: string }> {
    const { stdout } = await runFlorin('http://127.0.0.1:9', ['api-keys', 'bootstrap', '--json']);
    const { key, INITIAL_API_KEY_HASH: hash } = JSON.parse(stdout);
    expect(hash).toBe(hashApiKey(key).toString('hex'));
    return { key, hash };
  }
  const statusAt = async (url: string, token: string) =>
    (await edge.call('GET', `${url}/v1/api-keys`, { token })).status;

  test('is made without an edge, and opens one that is told its hash', async () => {
    const { key, hash } = await bootstrap();
    const urls = await Promise.all([1, 2].map(() => edge.addEdge({ INITIAL_API_KEY_HASH: hash })));
    for (const url of urls) expect(await statusAt(url, key)).toBe(200);
    const { rows } = await edge.pool.query(
      `SELECT id, scopes FROM api_keys WHERE initial_key_hash IS NOT NULL`,
    );
    expect(rows).toMatchObject([{ scopes: ['*'] }]);
    const { rows: events } = await edge.pool.query(
      `SELECT subject FROM security_events WHERE event = 'api-key.bootstrapped'`,
    );
    expect(events).toEqual([{ subject: rows[0].id }]);
  });

  test('does not come back when it was revoked or rotated; another one can be made', async () => {
    const [first, second, third] = [await bootstrap(), await bootstrap(), await bootstrap()];
    const idOf = async (url: string, key: string) => {
      const path = `${url}/v1/api-keys?prefix=flk_initial&sort=-createdAt&limit=1`;
      return (await edge.call('GET', path, { token: key })).body.data[0].id;
    };
    const url = await edge.addEdge({ INITIAL_API_KEY_HASH: first.hash });
    const revokeUrl = `${url}/v1/api-keys/${await idOf(url, first.key)}`;
    expect((await edge.call('DELETE', revokeUrl, { token: first.key })).status).toBe(204);
    const again = await edge.addEdge({ INITIAL_API_KEY_HASH: first.hash });
    expect(await statusAt(again, first.key)).toBe(401);
    const next = await edge.addEdge({ INITIAL_API_KEY_HASH: second.hash });
    const rotateUrl = `${next}/v1/api-keys/${await idOf(next, second.key)}/rotate`;
    const body = { overlapSeconds: 0 };
    expect((await edge.call('POST', rotateUrl, { token: second.key, body })).status).toBe(201);
    const last = await edge.addEdge({ INITIAL_API_KEY_HASH: second.hash });
    expect(await statusAt(last, second.key)).toBe(401);
    const rescued = await edge.addEdge({ INITIAL_API_KEY_HASH: third.hash });
    expect(await statusAt(rescued, third.key)).toBe(200);
  });

  test('is the only one in production: the local key that everybody knows opens nothing there', async () => {
    const { key } = await storeApiKey(edge.pool, ['*']);
    const secret = Buffer.alloc(32, 7).toString('base64');
    const url = await edge.addEdge({
      NODE_ENV: 'production',
      SEAL_KEY: secret,
      TOKEN_SECRET_KEY: secret,
      PSP_WEBHOOK_SECRET: secret,
    });
    expect(await statusAt(url, key)).toBe(200);
    expect(await statusAt(url, 'flk_local_admin')).toBe(401);
    expect(await statusAt(edge.url, 'flk_local_admin')).toBe(200);
  });
});
