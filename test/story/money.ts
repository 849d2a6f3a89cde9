import { type Answer, type CallOptions, call, expectStatus } from './http.js';
import type { SignedIn } from './people.js';
import type { Platform } from './platform.js';

export interface Wallet {
  readonly id: string;
  readonly currency: string;
  readonly balances: { readonly posted: number; readonly held: number; readonly available: number };
}

export interface Transaction {
  readonly id: string;
  readonly status: 'pending' | 'completed' | 'declined';
  readonly declineReason?: string;
  readonly amount: number;
}

export interface Statement {
  readonly openingBalance: number;
  readonly closingBalance: number;
  readonly data: readonly { transactionId: string; amount: number; runningBalance: number }[];
}

export async function openWallet(
  platform: Platform,
  owner: SignedIn,
  walletType = 'personal-usd',
): Promise<Wallet> {
  const answer = await call<Wallet>('POST', `${platform.edgeUrl}/v1/wallets`, {
    token: owner.token,
    body: { walletType },
  });
  return expectStatus(answer, 201);
}

export async function walletOf(platform: Platform, owner: SignedIn, id: string): Promise<Wallet> {
  return expectStatus(
    await call<Wallet>('GET', `${platform.edgeUrl}/v1/wallets/${id}`, { token: owner.token }),
    200,
  );
}

export async function deposit(
  platform: Platform,
  owner: SignedIn,
  wallet: Wallet,
  amount: number,
  fundingToken = 'tok_ok',
): Promise<Answer<Transaction>> {
  return call<Transaction>('POST', `${platform.edgeUrl}/v1/deposits`, {
    token: owner.token,
    headers: { prefer: 'wait=20' },
    body: { walletId: wallet.id, amount, currency: wallet.currency, fundingToken },
  });
}

export async function transfer(
  platform: Platform,
  owner: SignedIn,
  source: { id: string; currency: string },
  destination: { id: string },
  amount: number,
  options: CallOptions = {},
): Promise<Answer<Transaction>> {
  return call<Transaction>('POST', `${platform.edgeUrl}/v1/transactions`, {
    token: owner.token,
    body: {
      type: 'transfer',
      sourceWalletId: source.id,
      destinationWalletId: destination.id,
      amount,
      currency: source.currency,
    },
    ...options,
  });
}

export async function statementOf(platform: Platform, owner: SignedIn, walletId: string): Promise<Statement> {
  return expectStatus(
    await call<Statement>('GET', `${platform.edgeUrl}/v1/wallets/${walletId}/statement`, {
      token: owner.token,
    }),
    200,
  );
}
