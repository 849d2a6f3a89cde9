import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../story/eventually.js';
import { florin } from '../story/florin-command.js';
import { codeFrom, finishLogin, startLogin } from '../story/people.js';
import { type RunningPlatform, startTestPlatform } from './test-platform.js';

const program = 'infra/local/dist/bulk-seed/main.js';
let platform: RunningPlatform;
let pools: Record<'wallet' | 'edge' | 'notification', pg.Pool>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { wallet, edge, notification } = platform.databaseUrls;
  const open = (connectionString: string): pg.Pool =>
    new pg.Pool({ connectionString, max: 1, application_name: 'seed-test' });
  pools = { wallet: open(wallet), edge: open(edge), notification: open(notification) };
  env = {
    ...process.env,
    WALLET_DATABASE_URL: wallet,
    EDGE_DATABASE_URL: edge,
    NOTIFICATION_DATABASE_URL: notification,
  };
}, 180_000);
afterAll(async () => {
  await Promise.all(Object.values(pools ?? {}).map((pool) => pool.end()));
  await platform?.stop();
});

const seed = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args], { env });
const rowsOf = async (service: keyof typeof pools, sql: string) => (await pools[service].query(sql)).rows;
const seeded = "id::text LIKE '00005eed-%'";

/** What is in each database, to see that a second run adds nothing. */
const contents = async () => ({
  wallets: await rowsOf(
    'wallet',
    `SELECT id, posted, held, sequence FROM wallets WHERE owner_id::text LIKE '00005eed-%' ORDER BY id`,
  ),
  copies: await rowsOf(
    'edge',
    `SELECT id, posted, held, balance_sequence AS sequence FROM wallets WHERE ${seeded} ORDER BY id`,
  ),
  complete: await rowsOf(
    'edge',
    `SELECT id FROM wallets WHERE ${seeded} AND complete_sequence <> balance_sequence`,
  ),
  entries: await rowsOf(
    'wallet',
    `SELECT id, wallet_id, sequence, posted_at FROM entries WHERE ${seeded} AND wallet_id::text LIKE '00005eed-0002-%' ORDER BY wallet_id, sequence`,
  ),
  entryCopies: await rowsOf(
    'edge',
    'SELECT entry_id AS id, wallet_id, sequence, posted_at FROM entries ORDER BY wallet_id, sequence',
  ),
  recipients: await rowsOf(
    'notification',
    "SELECT count(*)::int AS count FROM recipients WHERE customer_id::text LIKE '00005eed-%'",
  ),
});

describe('npm run seed', () => {
  test('goes on where a run that was killed has stopped, and adds nothing twice', async () => {
    const killed = spawn(process.execPath, [program, '--customers', '6000'], { env });
    await eventually('some customers', async () => {
      const [found] = await rowsOf(
        'wallet',
        `SELECT count(*)::int AS count FROM transfers WHERE description = 'Opening balance'`,
      );
      return found.count > 0 ? true : undefined;
    });
    killed.kill('SIGKILL');
    await once(killed, 'exit');

    const args = ['--customers', '6000', '--entries', '48000', '--months', '2'];
    const { stdout } = await seed(...args);
    expect(stdout).toMatch(/[1-6],000 customers in .*\n48,000 entries in [^;]*\n$/);
    const first = await contents();
    expect(first.wallets).toHaveLength(12_000);
    expect(first.copies).toEqual(first.wallets);
    expect(first.complete).toEqual([]);
    expect(first.entryCopies).toEqual(first.entries);
    expect(first.entries).toHaveLength(12_000 + 48_000);
    expect(first.recipients).toEqual([{ count: 6_000 }]);
    const again = await seed(...args);
    expect(again.stdout).toMatch(
      /^No customers loaded: 6,000 were there already\nNo entries loaded: 48,000 were there already/,
    );
    expect(await contents()).toEqual(first);
    const more = await seed('--customers', '7000');
    expect(more.stdout).toMatch(/^1,000 customers in .* a second; 6,000 were there already\n$/);
  });

  test('leaves books that every audit passes', async () => {
    expect(await platform.ledgerImbalances()).toEqual([]);
    for (const check of ['audit', 'verify']) {
      const checked = await florin(platform, 'ledger', check);
      expect(checked).toMatchObject({ exitCode: 0, output: expect.stringContaining('passed') });
    }
  });

  test('makes customers who log in and pay each other', async () => {
    const password = 'seeded customer 2026';
    const [email, phone] = ['customer-4711@seed.example.com', '+19990004711'];
    const person = { id: '', fullName: 'Customer 4711', email, phone, password };
    const challenge = await startLogin(platform, person);
    const code = await codeFrom(platform, person, 1);
    const { florin: client } = await finishLogin(platform, person, challenge, code);
    const { data: own } = await client.listWallets();
    expect(own.map(({ walletType }) => walletType).sort()).toEqual(['business-usd', 'personal-usd']);
    const sourceWalletId = own.find(({ walletType }) => walletType === 'personal-usd')!.id;
    const [other] = await rowsOf(
      'edge',
      "SELECT id FROM wallets WHERE owner_id::text LIKE '%0001' AND wallet_type = 'business-usd'",
    );
    const body = {
      type: 'transfer',
      sourceWalletId,
      destinationWalletId: other.id,
      amount: 1_234,
      currency: 'USD',
    };
    const paid = await client.createTransaction({ body }, { prefer: 20 });
    expect(paid).toMatchObject({ status: 'completed' });
    const statement = await client.getStatement({ id: sourceWalletId });
    expect(statement).toMatchObject({ openingBalance: 0, closingBalance: 100_000 - 1_234 });
    expect(statement.data).toHaveLength(1 + 4 + 1);
    expect(statement.data[0]!.description).toBe('Opening balance');
  });

  test('says what it needs', async () => {
    expect(await seed('--help')).toMatchObject({
      stdout: expect.stringMatching(/^npm run seed/),
      stderr: '',
    });
    await expect(seed('--customers', 'many')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--customers: .*"many"\n\nnpm run seed/),
    });
  });
});
