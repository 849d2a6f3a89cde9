import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@florin/observability';
import pg from 'pg';

export type Pool = pg.Pool;
/** A connection inside a transaction: raw SQL only, one statement at a time. */
export type Transaction = pg.PoolClient;

export interface DatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  readonly logger: Logger;
}

/** One pool, shared by raw SQL and by Prisma (through `prismaAdapter`). */
export interface Database {
  readonly pool: Pool;
  readonly url: string;
  /**
   * Runs `work` in one READ COMMITTED transaction. Serialization failures (40001) and deadlocks (40P01) are run
   * again, three times at most, with jitter: `work` must hold all of its effects in the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const maxAttempts = 4;
const retryableStates = new Set(['40001', '40P01']);

// BIGINT arrives as a number. Every amount and balance is bounded to ±(2^53 − 1) by a constraint, so none is rounded.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} exceeds 2^53 − 1`);
  return value;
});

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without a listener the loss of an idle connection would end the process; the pool replaces it by itself.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'idle database connection lost'));

  return {
    pool,
    url: options.url,
    close: () => pool.end(),
    transaction: (work) => inTransaction(pool, work),
  };
}

/** What `Database.transaction` does, on any pool. */
export async function inTransaction<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      const state = (error as { code?: string }).code;
      if (attempt === maxAttempts || state === undefined || !retryableStates.has(state)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function runOnce<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  // The pool listens to idle connections only: when a connection dies between two statements, an error event that
  // nobody hears would end the process. The next statement fails, and that is how the transaction learns of it.
  const remember = (error: Error): void => {
    broken = error;
  };
  tx.on('error', remember);
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    tx.off('error', remember);
    // A connection that could not roll back is in an unknown state: the pool closes it.
    tx.release(broken);
  }
}
