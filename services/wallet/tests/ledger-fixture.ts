import { createDatabase, type Database } from '@florin/database';
import { createLogger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { insertSystemAccounts } from '../src/db/insert-system-accounts.js';
import { insertWallets } from '../src/db/insert-wallets.js';
import { postBatch } from '../src/db/post-batch.js';
import { upsertWalletType, type WalletTypeRow } from '../src/db/upsert-wallet-type.js';
import type { Decision } from '../src/domain/decision.js';
import type { LedgerCommand } from '../src/domain/ledger-command.js';
import { deposit } from './commands.js';

export { deposit, transfer } from './commands.js';

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
  /** Everything that is wrong with the books; empty when all is well. */
  problems(): Promise<string[]>;
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
    async problems() {
      const { rows } = await owner.pool.query<{ problem: string }>(problemsText);
      return rows.map((row) => row.problem);
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await test.drop();
    },
  };
}

// Written against the tables themselves, not with the code under test.
const problemsText = `
  SELECT 'currency ' || currency || ' sums to ' || sum(posted) AS problem
    FROM wallets GROUP BY currency HAVING sum(posted) <> 0
  UNION ALL
  SELECT 'transaction ' || e.transaction_id || ' sums to ' || sum(e.amount) || ' ' || w.currency
    FROM entries e JOIN wallets w ON w.id = e.wallet_id
   GROUP BY e.transaction_id, w.currency HAVING sum(e.amount) <> 0
  UNION ALL
  SELECT 'wallet ' || w.id || ' is not what its entries say'
    FROM wallets w LEFT JOIN entries e ON e.wallet_id = w.id
   GROUP BY w.id
  HAVING w.posted <> coalesce(sum(e.amount), 0) OR w.held <> coalesce(sum(e.held_change), 0)
      OR w.sequence <> count(e.id) OR w.sequence <> coalesce(max(e.sequence), 0)
  UNION ALL
  SELECT 'wallet ' || w.id || ' holds ' || w.held || ', its holds ' || coalesce(sum(h.remaining), 0)
    FROM wallets w LEFT JOIN holds h ON h.wallet_id = w.id
   GROUP BY w.id HAVING w.held <> coalesce(sum(h.remaining), 0)
  UNION ALL
  SELECT 'wallet ' || id || ' is below its floor' FROM wallets
   WHERE kind = 'customer' AND posted - held + overdraft_limit < 0
  UNION ALL
  SELECT 'hold ' || h.id || ' was captured for ' || sum(t.amount + t.fee) || ', it says ' || h.captured
    FROM holds h JOIN transfers t ON t.reference_id = h.id AND t.kind = 'capture' AND t.status = 'posted'
   GROUP BY h.id HAVING sum(t.amount + t.fee) <> h.captured OR sum(t.amount + t.fee) > h.amount
  UNION ALL
  SELECT 'transfer ' || o.transaction_id || ' of ' || o.amount || ' was reversed for ' || sum(r.amount)
    FROM transfers o JOIN transfers r ON r.reference_id = o.transaction_id AND r.kind = 'reversal' AND r.status = 'posted'
   GROUP BY o.transaction_id HAVING sum(r.amount) > o.amount`;
