import { createDatabase, type Database } from '@florin/database';
import { createLogger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { insertSystemAccounts } from '../src/db/insert-system-accounts.js';
import { insertWallets } from '../src/db/insert-wallets.js';
import { postBatch } from '../src/db/post-batch.js';
import { upsertWalletType, type WalletTypeRow } from '../src/db/upsert-wallet-type.js';
import type { Decision } from '../src/domain/decision.js';
import type { DepositCommand, LedgerCommand, TransferCommand } from '../src/domain/ledger-command.js';

export const dollars: WalletTypeRow = {
  code: 'personal-usd',
  name: 'Personal',
  currency: 'USD',
  overdraftLimit: 0,
  maxBalance: null,
};

/** An outcome with the answer up front. */
export interface TestOutcome extends Decision {
  readonly status: 'posted' | 'declined';
  readonly reason: string | null;
}

export function withStatus(outcome: Decision): TestOutcome {
  const reason = outcome.transfer.declineReason;
  return { ...outcome, status: reason === null ? 'posted' : 'declined', reason };
}

/** A ledger of its own on a real PostgreSQL, and what tests do with it. */
export interface LedgerFixture {
  /** With the rights of the service. */
  readonly database: Database;
  /** With the rights of the owner of the tables. */
  readonly owner: Database;
  /** Another pool on the same database: what a second instance of the service would be. */
  connect(): Database;
  openWallet(opening: number, type?: WalletTypeRow): Promise<string>;
  post(...commands: LedgerCommand[]): Promise<TestOutcome[]>;
  balance(walletId: string): Promise<number>;
  close(): Promise<void>;
}

export async function createLedgerFixture(): Promise<LedgerFixture> {
  const test = await createTestDatabase('wallet');
  const logger = createLogger({ service: 'ledger-test', level: 'silent' });
  const pools: Database[] = [];
  const connect = (url = test.serviceUrl): Database => {
    const pool = createDatabase({
      url,
      applicationName: 'ledger-test',
      maxConnections: 8,
      logger,
    });
    pools.push(pool);
    return pool;
  };
  const database = connect();
  const owner = connect(test.url);
  const post: LedgerFixture['post'] = (...commands) =>
    database.transaction(async (tx) =>
      (await postBatch(tx, commands, { now: Date.now(), shard: 0 })).outcomes.map(withStatus),
    );

  return {
    database,
    owner,
    connect: () => connect(),
    post,
    async openWallet(opening, type = dollars) {
      const id = uuidv7();
      await database.transaction(async (tx) => {
        await upsertWalletType(tx, type, new Date());
        await insertSystemAccounts(tx, type.currency, new Date());
        await insertWallets(tx, [{ id, ownerId: uuidv7(), name: type.name, type }], new Date());
      });
      if (opening > 0) {
        const [outcome] = await post(deposit(id, opening, { currency: type.currency }));
        if (outcome?.status !== 'posted') throw new Error(`opening deposit: ${JSON.stringify(outcome)}`);
      }
      return id;
    },
    async balance(walletId) {
      const { rows } = await database.pool.query<{ posted: number }>(
        'SELECT posted FROM wallets WHERE id = $1',
        [walletId],
      );
      return rows[0]!.posted;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await test.drop();
    },
  };
}

export function transfer(
  sourceWalletId: string,
  destinationWalletId: string,
  amount: number,
  more: Partial<TransferCommand> = {},
): TransferCommand {
  return {
    kind: 'transfer',
    transactionId: uuidv7(),
    sourceWalletId,
    destinationWalletId,
    amount,
    fee: 0,
    currency: 'USD',
    exchange: null,
    description: null,
    deadlineAt: null,
    ...more,
  };
}

export function deposit(
  walletId: string,
  amount: number,
  more: Partial<DepositCommand> = {},
): DepositCommand {
  return {
    kind: 'deposit',
    transactionId: uuidv7(),
    walletId,
    amount,
    currency: 'USD',
    description: null,
    deadlineAt: null,
    ...more,
  };
}
