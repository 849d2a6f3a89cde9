import type { Bulk, CallOptions, Florin, Transaction, Wallet } from '@florin/sdk';
import { createFlorin } from '@florin/sdk';
import { eventually } from '../story/eventually.js';
import type { SignedIn } from '../story/people.js';
import type { Platform } from '../story/platform.js';

/** Somebody with a wallet for everything, and one that is full. */
export interface Customer {
  readonly florin: Florin;
  readonly wallet: Wallet;
  readonly fullWallet: Wallet;
}

/** What a transaction has to come to: its reason, when it is declined. */
type End = 'completed' | { readonly declined: string };

/** Short, so that a call whose edge died is answered soon after: its key is free when the wait and a grace are over. */
const prefer: CallOptions = { prefer: 1 };
const patienceMs = 300_000;
/** Most have ended when they are asked about; the others wait for a process that has died, and there are many of them. */
const pauseMs = 500;

/** The API as somebody who does not give up while a service is away. */
export function patientClient({ edgeUrl }: Platform, { token }: SignedIn): Florin {
  return createFlorin({
    baseUrl: edgeUrl,
    token,
    retry: { attempts: 200, baseDelayMs: 50, maxDelayMs: 500, inFlightMs: patienceMs },
  });
}

/** Everything that moves money, each with what has to come of it, whoever dies in between. */
export class MoneyFlows {
  /** Every transaction that was asked for. */
  readonly asked = new Set<string>();
  private readonly flows: readonly ((a: Customer, b: Customer) => Promise<unknown>)[] = [
    (a) => this.deposit(a.wallet, a, 'tok_ok', 'completed'),
    (a) => this.withdraw(a, 'tok_ok', 'completed'),
    (a, b) => this.pay(a, b, 100),
    (a) => this.deposit(a.wallet, a, 'tok_flaky', 'completed'),
    (a, b) => this.giveBack(a, b),
    (a) => this.withdraw(a, 'tok_timeout', 'completed'),
    (a) => this.deposit(a.wallet, a, 'tok_pending', 'completed'),
    (a) => this.deposit(a.fullWallet, a, 'tok_ok', { declined: 'balance-limit-exceeded' }),
    (a) => this.withdraw(a, 'tok_declined', { declined: 'payment-declined' }),
    (a, b) => this.bulk(a, b, 'independent', [10, Number.MAX_SAFE_INTEGER, 30]),
    (a) => this.deposit(a.wallet, a, 'tok_declined', { declined: 'payment-declined' }),
    (a) => this.withdraw(a, 'tok_pending_declined', { declined: 'payment-declined' }),
    (a) => this.deposit(a.wallet, a, 'tok_timeout', 'completed'),
    (a, b) => this.bulk(a, b, 'atomic', [1, 2, 3]),
    (a) => this.withdraw(a, 'tok_flaky', 'completed'),
    (a) => this.deposit(a.wallet, a, 'tok_pending_declined', { declined: 'payment-declined' }),
    (a) => this.withdraw(a, 'tok_pending', 'completed'),
  ];
  private next = 0;

  constructor(private readonly customers: readonly Customer[]) {}

  get kinds(): number {
    return this.flows.length;
  }

  /** Runs the next of the flows, in turn, to its end. */
  async runNext(): Promise<void> {
    const i = this.next++;
    const [a, b] = [0, 1].map((n) => this.customers[(i + n) % this.customers.length]!);
    await this.flows[i % this.flows.length]!(a!, b!);
  }

  private async deposit(wallet: Wallet, { florin }: Customer, fundingToken: string, end: End) {
    const body = { walletId: wallet.id, amount: 500, currency: wallet.currency, fundingToken };
    return this.ended(florin, await florin.createDeposit({ body }, prefer), end);
  }

  private async withdraw({ florin, wallet }: Customer, fundingToken: string, end: End) {
    const body = { walletId: wallet.id, amount: 70, currency: wallet.currency, fundingToken };
    return this.ended(florin, await florin.createWithdrawal({ body }, prefer), end);
  }

  private async pay({ florin, wallet }: Customer, to: Customer, amount: number): Promise<Transaction> {
    const made = await florin.createTransaction({ body: transferOf(wallet, to.wallet, amount) }, prefer);
    if ('dryRun' in made) throw new Error('a transfer was answered as a dry run');
    return this.ended(florin, made, 'completed');
  }

  /** A part, more than there is, and the rest. */
  private async giveBack(a: Customer, b: Customer): Promise<void> {
    const { id } = await this.pay(a, b, 100);
    const reverse = async (amount: number, end: End) => {
      const body = { amount, reason: 'Not delivered' };
      await this.ended(b.florin, await b.florin.createReversal({ id, body }, prefer), end);
    };
    await reverse(30, 'completed');
    await reverse(71, { declined: 'reversal-exceeds-original' });
    await reverse(70, 'completed');
  }

  private async bulk(a: Customer, b: Customer, mode: Bulk['mode'], amounts: readonly number[]) {
    const items = amounts.map((amount) => transferOf(a.wallet, b.wallet, amount));
    const { id } = await a.florin.createBulk({ body: { mode, items } }, prefer);
    const bulk = await eventually(
      `bulk ${id} to end`,
      async () => {
        const now = await a.florin.getBulk({ id });
        return now.status === 'pending' ? undefined : now;
      },
      patienceMs,
      pauseMs,
    );
    for (const [i, item] of bulk.items.entries()) {
      this.asked.add(item.id);
      const isHopeless = amounts[i] === Number.MAX_SAFE_INTEGER;
      expectEnd(item, isHopeless ? { declined: 'insufficient-funds' } : 'completed');
    }
  }

  /** The answer to a call whose first answer was lost holds the id and nothing else. */
  private async ended(florin: Florin, { id }: Pick<Transaction, 'id'>, end: End): Promise<Transaction> {
    this.asked.add(id);
    const transaction = await eventually(
      `transaction ${id} to end`,
      async () => {
        const now = await florin.getTransaction({ id });
        return now.status === 'pending' ? undefined : now;
      },
      patienceMs,
      pauseMs,
    );
    expectEnd(transaction, end);
    return transaction;
  }
}

function transferOf(source: Wallet, destination: Wallet, amount: number) {
  const wallets = { sourceWalletId: source.id, destinationWalletId: destination.id };
  return { type: 'transfer', ...wallets, amount, currency: source.currency };
}

function expectEnd({ id, type, status, declineReason }: Transaction, end: End): void {
  const found = declineReason ?? status;
  const wanted = end === 'completed' ? end : end.declined;
  if (found !== wanted) throw new Error(`${type} ${id} was to end ${wanted} and is ${found}`);
}
