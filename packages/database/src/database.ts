import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@florin/observability';
import pg from 'pg';
import { isUnanswered, NoAnswerError, NotCommittedError, TransactionTimeoutError } from './errors.js';
import { guard } from './guarded-transaction.js';

export type Pool = pg.Pool;
/**
 * A connection inside a transaction, for raw SQL. Statements that do not need each other's results may be sent without waiting in
 * between: PostgreSQL runs them in order, and they cost one round trip.
 */
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
  transaction<T>(work: TransactionWork<T>, limits?: TransactionLimits): Promise<T>;
  close(): Promise<void>;
}

/**
 * Takes a statement that was sent and whose result nobody needs: what follows, COMMIT at last, goes out behind it without
 * waiting, and the transaction rejects when the statement does.
 */
export type Pending = (statement: Promise<unknown>) => void;

export type TransactionWork<T> = (tx: Transaction, pending: Pending) => Promise<T>;

export interface TransactionLimits {
  /**
   * `work` may take so long, whatever it waits for; what it leaves pending is cut off by PostgreSQL alone. Beyond it the
   * connection is given up, so that nothing `work` does later can commit, and the transaction rejects with `TransactionTimeoutError`. PostgreSQL cancels a single
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
    // A statement does not wait until the one before it has been answered.
    pipeline: true,
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
  work: TransactionWork<T>,
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
  work: TransactionWork<T>,
  limits: TransactionLimits | undefined,
): Promise<T> {
  const client = await pool.connect();
  const { tx, reasonOf, end, hold } = guard(client);
  let broken: Error | undefined;
  // The pool listens to idle connections only: when a connection dies between two statements, an error event that
  // nobody hears would end the process. The next statement fails, and that is how the transaction learns of it.
  const remember = (error: Error): void => {
    broken = error;
  };
  client.on('error', remember);
  const pending: Promise<unknown>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const expect: Pending = (statement) => {
    pending.push(statement);
    statement.catch((error: unknown) => {
      failure ??= { error };
    });
  };
  try {
    // The first statement of `work` goes out behind it, and COMMIT behind the last one: two round trips less.
    expect(answered(tx.query(beginText(limits))));
    const working = work(tx, expect);
    const result = await (limits ? withinLimit(working, limits.timeoutMs) : working);
    const release = hold();
    let ended: Promise<pg.QueryResult>;
    try {
      // PostgreSQL knows nothing of a statement that could not even be sent, and would commit the rest.
      await knownFailures();
      if (failure) throw failure.error;
      ended = answered(tx.query('COMMIT'));
    } finally {
      release();
    }
    end();
    // Their errors before what has become of the COMMIT behind them.
    await Promise.all([...pending, ended]);
    // To a transaction in which a statement has failed PostgreSQL answers ROLLBACK, and that is no error to it.
    if ((await ended).command !== 'COMMIT') throw new NotCommittedError();
    return result;
  } catch (thrown) {
    const error = reasonOf(thrown);
    end();
    // A statement of `work` may still run: the connection cannot be asked for a ROLLBACK. Closing it is one.
    if (error instanceof TransactionTimeoutError || isUnanswered(error)) broken = error;
    else await answered(client.query('ROLLBACK')).catch(remember);
    throw error;
  } finally {
    client.off('error', remember);
    // A connection that could not roll back is in an unknown state: the pool closes it.
    client.release(broken);
  }
}

/** Resolves when every promise that waits for nothing outside of the process has been settled: ticks come after all of them. */
function knownFailures(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/**
 * One round trip: the limit of a statement is that of the whole, so that PostgreSQL lets go of locks by itself. Work with a limit
 * reaches rows by their keys: the plan of a prepared statement is kept, and one that was made while a table was small would
 * read the whole of it until somebody analyses it. An update of 80 rows took 16 ms among 14,000.
 */
function beginText(limits: TransactionLimits | undefined): string {
  if (!limits) return 'BEGIN';
  return `BEGIN; SET LOCAL statement_timeout = ${Math.ceil(limits.timeoutMs)}; SET LOCAL enable_seqscan = off`;
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
