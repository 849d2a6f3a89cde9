import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@florin/observability';
import pg from 'pg';
import { isUnanswered, NoAnswerError, TransactionTimeoutError } from './errors.js';

export type Pool = pg.Pool;
/** A connection inside a transaction: raw SQL only, one statement at a time. */
export type Transaction = pg.PoolClient;

export interface DatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  readonly logger: Logger;
  /** Beyond it a statement fails and its connection is given up; longer than PostgreSQL lets any statement run. */
  readonly answerTimeoutMs?: number;
  /** What PostgreSQL lets a statement run; 30 s when absent. */
  readonly statementTimeoutMs?: number;
  /** How long somebody waits for a connection, a free one or a new one; 5 s when absent. */
  readonly connectTimeoutMs?: number;
}

/** One pool, shared by raw SQL and by Prisma (through `prismaAdapter`). */
export interface Database {
  readonly pool: Pool;
  readonly url: string;
  /**
   * Runs `work` in one READ COMMITTED transaction. Serialization failures (40001) and deadlocks (40P01) are run
   * again, three times at most, with jitter: `work` must hold all of its effects in the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, limits?: TransactionLimits): Promise<T>;
  close(): Promise<void>;
}

export interface TransactionLimits {
  /**
   * `work` may take so long, whatever it waits for. Beyond it the connection is destroyed, so that nothing `work` does
   * later can commit, and the transaction rejects with `TransactionTimeoutError`. PostgreSQL cancels a single
   * statement that takes as long (57014). Each run of `work` has the whole limit.
   */
  readonly timeoutMs: number;
}

const maxAttempts = 4;
/** Longer than PostgreSQL lets any statement run: beyond it the network has swallowed the question or the answer. */
const answerTimeoutMs = 35_000;
const closeTimeoutMs = 2_000;
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
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    // Of a server that froze, or a network that swallows packets, nobody ever hears: waiting for it has to end as well.
    query_timeout: options.answerTimeoutMs ?? answerTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without a listener the loss of an idle connection would end the process; the pool replaces it by itself.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'idle database connection lost'));

  let closing: Promise<void> | undefined;
  return {
    pool,
    url: options.url,
    close: () => {
      closing ??= close(pool);
      return closing;
    },
    transaction: (work, limits) => inTransaction(pool, work, limits),
  };
}

/** Connections that nobody gives back, or to a server that does not answer, must not keep a process from ending. */
async function close(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs);
  });
  await Promise.race([pool.end(), late]);
  clearTimeout(timer);
}

/** What `Database.transaction` does, on any pool. */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: Transaction) => Promise<T>,
  limits?: TransactionLimits,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, work, limits);
    } catch (error) {
      const state = (error as { code?: string }).code;
      if (attempt === maxAttempts || state === undefined || !retryableStates.has(state)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function runOnce<T>(
  pool: Pool,
  work: (tx: Transaction) => Promise<T>,
  limits: TransactionLimits | undefined,
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  // The pool listens to idle connections only: when a connection dies between two statements, an error event that
  // nobody hears would end the process. The next statement fails, and that is how the transaction learns of it.
  const remember = (error: Error): void => {
    broken = error;
  };
  tx.on('error', remember);
  try {
    await answered(tx.query(beginText(limits)));
    const result = await (limits ? withinLimit(work(tx), limits.timeoutMs) : work(tx));
    await answered(tx.query('COMMIT'));
    return result;
  } catch (error) {
    // A statement of `work` may still run: the connection cannot be asked for a ROLLBACK. Closing it is one.
    if (error instanceof TransactionTimeoutError || isUnanswered(error)) broken = error;
    else await answered(tx.query('ROLLBACK')).catch(remember);
    throw error;
  } finally {
    tx.off('error', remember);
    // A connection that could not roll back is in an unknown state: the pool closes it.
    tx.release(broken);
  }
}

/** One round trip: the limit of a statement is that of the whole, so that PostgreSQL lets go of locks by itself. */
function beginText(limits: TransactionLimits | undefined): string {
  return limits ? `BEGIN; SET LOCAL statement_timeout = ${Math.ceil(limits.timeoutMs)}` : 'BEGIN';
}

function withinLimit<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return limited(work, timeoutMs, () => new TransactionTimeoutError(timeoutMs));
}

function answered<T>(statement: Promise<T>): Promise<T> {
  return limited(statement, answerTimeoutMs, () => new NoAnswerError());
}

function limited<T>(work: Promise<T>, timeoutMs: number, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(reason()), timeoutMs);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
