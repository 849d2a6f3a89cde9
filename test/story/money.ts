import type { CallOptions, ResponseOf, Transaction, Wallet } from '@florin/sdk';
import type { SignedIn } from './people.js';

export type { Transaction, Wallet } from '@florin/sdk';
export type Statement = ResponseOf<'getStatement'>;

/** Long, because a busy machine may need more than the two seconds that the API waits by itself. */
const patience: CallOptions = { prefer: 20 };

export function openWallet({ florin }: SignedIn, walletType = 'personal-usd'): Promise<Wallet> {
  return florin.createWallet({ body: { walletType } }, patience);
}

export function walletOf({ florin }: SignedIn, id: string): Promise<Wallet> {
  return florin.getWallet({ id });
}

export function deposit(
  { florin }: SignedIn,
  wallet: Wallet,
  amount: number,
  fundingToken = 'tok_ok',
): Promise<Transaction> {
  const body = { walletId: wallet.id, amount, currency: wallet.currency, fundingToken };
  return florin.createDeposit({ body }, patience);
}

export async function transfer(
  { florin }: SignedIn,
  source: { readonly id: string; readonly currency: string },
  destination: { readonly id: string },
  amount: number,
  options: CallOptions = {},
): Promise<Transaction> {
  const made = await florin.createTransaction(
    {
      body: {
        type: 'transfer',
        sourceWalletId: source.id,
        destinationWalletId: destination.id,
        amount,
        currency: source.currency,
      },
    },
    { ...patience, ...options },
  );
  if ('dryRun' in made) throw new Error('a transfer was answered as a dry run');
  return made;
}

export function statementOf({ florin }: SignedIn, walletId: string): Promise<Statement> {
  return florin.getStatement({ id: walletId });
}
