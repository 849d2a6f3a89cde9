import type pg from 'pg';
import { bundledWrites } from './bundled-writes.js';

/** Every statement after one that failed, until ROLLBACK. */
const failedTransaction = '25P02';

/** A statement was asked for after its transaction had ended: it would have run outside of it, or in somebody else's. */
export class TransactionEndedError extends Error {
  readonly code = 'transaction-ended';
  constructor() {
    super('the transaction of this statement has ended');
    this.name = 'TransactionEndedError';
  }
}

/** A connection as the work of one transaction sees it. */
export interface GuardedTransaction {
  readonly tx: pg.PoolClient;
  /** Of several statements that fail, the first one is the reason: those behind it fail because of it. */
  reasonOf(error: unknown): unknown;
  /** From now on every statement is refused: a branch of the work that nobody waits for any more may still ask for one. */
  end(): void;
  /** What is asked for until the returned function is called goes out in one write. */
  hold(): () => void;
}

export function guard(client: pg.PoolClient): GuardedTransaction {
  let ended = false;
  let first: unknown;
  const writes = bundledWrites(client);
  const run = client.query.bind(client) as (...statement: unknown[]) => Promise<unknown>;
  const query = (...statement: unknown[]): Promise<unknown> => {
    if (ended) return Promise.reject(new TransactionEndedError());
    writes.bundle();
    const answer = run(...statement);
    answer.catch((error: unknown) => {
      if (!isFailedTransaction(error)) first ??= error;
    });
    return answer;
  };
  return {
    tx: new Proxy(client, {
      get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)),
    }),
    reasonOf: (error) => (isFailedTransaction(error) ? (first ?? error) : error),
    end: () => {
      ended = true;
    },
    hold: writes.hold,
  };
}

function isFailedTransaction(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === failedTransaction;
}
