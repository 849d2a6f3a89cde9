import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './paths.js';

/** What a client sends to define something, and the fields that tell whether it is there already. */
export interface Seed {
  /** Path of the collection. */
  readonly path: string;
  readonly identity: readonly string[];
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

const walletTypes = [
  { code: 'personal-usd', name: 'Personal wallet, US dollar', currency: 'USD' },
  { code: 'business-usd', name: 'Business wallet, US dollar', currency: 'USD' },
  { code: 'personal-eur', name: 'Personal wallet, euro', currency: 'EUR' },
];

const transactionTypes = [
  { code: 'transfer', name: 'Transfer' },
  { code: 'deposit', name: 'Deposit' },
  { code: 'withdrawal', name: 'Withdrawal' },
  { code: 'card', name: 'Card payment' },
  { code: 'payout', name: 'Payout' },
];

// Wallets of one currency, personal and business, may pay each other.
const transactionRules = walletTypes.flatMap((source) =>
  walletTypes
    .filter((destination) => destination.currency === source.currency)
    .map((destination) => ({
      transactionType: 'transfer',
      sourceWalletType: source.code,
      destinationWalletType: destination.code,
    })),
);

/** Everything that a new platform starts with. The seeds of one stage refer only to those of stages before it. */
export function seedStages(): readonly (readonly Seed[])[] {
  const applicationTypes = {
    path: '/v1/application-types',
    identity: ['code'],
    items: readApplicationTypes(),
  };
  return [
    [
      { path: '/v1/wallet-types', identity: ['code'], items: walletTypes },
      { path: '/v1/transaction-types', identity: ['code'], items: transactionTypes },
      applicationTypes,
    ],
    [
      {
        path: '/v1/transaction-rules',
        identity: ['transactionType', 'sourceWalletType', 'destinationWalletType'],
        items: transactionRules,
      },
    ],
  ];
}

function readApplicationTypes(): Record<string, unknown>[] {
  const folder = join(repositoryRoot, 'services/application/seeds');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>);
}
