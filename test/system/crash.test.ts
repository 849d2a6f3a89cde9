import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../story/eventually.js';
import { deposit, openWallet, type Transaction, transfer, type Wallet, walletOf } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import { type RunningPlatform, startTestPlatform } from './test-platform.js';

const deposited = 100_000;
const transfersPerService = 60;
const concurrency = 8;

let platform: RunningPlatform;
let people: { owner: SignedIn; wallet: Wallet }[];

beforeAll(async () => {
  platform = await startTestPlatform();
  people = await Promise.all(
    ['Ada Lovelace', 'Grace Hopper', 'Joan Clarke'].map(async (name) => {
      const owner = await signUp(platform, name);
      const wallet = await openWallet(owner);
      expect(await deposit(owner, wallet, deposited)).toMatchObject({ status: 'completed' });
      return { owner, wallet };
    }),
  );
}, 180_000);
afterAll(() => platform?.stop());

/** One transfer around the ring; a connection that the kill cut off is repeated under the same key, as clients do. */
async function sendOne(i: number, key: string): Promise<string> {
  const from = people[i % people.length]!;
  const to = people[(i + 1) % people.length]!;
  const answer = await eventually(
    `transfer ${key} to be accepted`,
    async () => {
      const options = { idempotencyKey: key, prefer: 2 };
      return transfer(from.owner, from.wallet, to.wallet, 1 + (i % 50), options).catch(() => undefined);
    },
    60_000,
  );
  return answer.id;
}

function terminal(id: string, owner: SignedIn): Promise<Transaction> {
  return eventually(
    `transaction ${id} to end`,
    async () => {
      const transaction = await owner.florin.getTransaction({ id }).catch(() => undefined);
      return transaction && transaction.status !== 'pending' ? transaction : undefined;
    },
    60_000,
  );
}

async function streamOfTransfers(name: string, during: () => Promise<void>): Promise<Transaction[]> {
  let next = 0;
  let killed: Promise<void> | undefined;
  const worker = async (): Promise<Transaction[]> => {
    const ended: Transaction[] = [];
    while (next < transfersPerService) {
      const i = next++;
      if (i === Math.floor(transfersPerService / 3)) killed = during();
      const id = await sendOne(i, `${name}-${i}`);
      ended.push(await terminal(id, people[i % people.length]!.owner));
    }
    return ended;
  };
  const all = (await Promise.all(Array.from({ length: concurrency }, worker))).flat();
  await killed;
  return all;
}

describe('kill -9 during a stream of transfers', () => {
  test.each(['wallet', 'transaction', 'edge', 'notification', 'application'])(
    'of %s loses no transfer and neither makes nor loses money',
    async (service) => {
      const ended = await streamOfTransfers(service, () => platform.killAndAwaitRestart(service));
      expect(ended).toHaveLength(transfersPerService);
      expect(new Set(ended.map(({ id }) => id)).size).toBe(transfersPerService);
      expect(ended.every(({ status }) => status === 'completed')).toBe(true);
      const balances = await Promise.all(
        people.map(async ({ owner, wallet }) => (await walletOf(owner, wallet.id)).balances.posted),
      );
      expect(balances.reduce((sum, posted) => sum + posted, 0)).toBe(deposited * people.length);
    },
    180_000,
  );

  test('the ledger itself agrees: every book sums to zero and every balance equals its entries', async () => {
    expect(await platform.ledgerImbalances()).toEqual([]);
  });
});
