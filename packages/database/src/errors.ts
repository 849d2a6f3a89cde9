/**
 * SQLSTATEs that say "the server cannot work", not "your statement is wrong": connection failures (08), lack of disk,
 * memory or connections (53), shutdown (57P0x), input and output errors (58), and a primary that became a stand-by.
 */
const outageStates = /^(08|53|58)[0-9A-Z]{3}$|^57P0[1-5]$|^25006$|^25P03$/;
const outageCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** The work of a transaction took longer than it was given. Nothing of it was committed, nor will be. */
export class TransactionTimeoutError extends Error {
  readonly code = 'transaction-timeout';
  readonly retryable = true;
  constructor(timeoutMs: number) {
    super(`the work of a transaction took longer than ${timeoutMs} ms`);
    this.name = 'TransactionTimeoutError';
  }
}

/** COMMIT was asked for after a statement had failed whose error nobody passed on. Nothing was committed. */
export class NotCommittedError extends Error {
  readonly code = 'not-committed';
  constructor() {
    super('PostgreSQL rolled the transaction back, because a statement of it had failed');
    this.name = 'NotCommittedError';
  }
}

/** BEGIN, COMMIT or ROLLBACK was never answered; whether a COMMIT took place is not known. */
export class NoAnswerError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly retryable = true;
  constructor() {
    super('PostgreSQL does not answer');
    this.name = 'NoAnswerError';
  }
}

const noAnswerInTime = 'Query read timeout';

/** A statement was sent and nothing came back; whether it took place is not known. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof NoAnswerError || (error instanceof Error && error.message === noAnswerInTime);
}

/** SQLSTATE 57014: PostgreSQL cancelled a statement, mostly because it took longer than it was given. */
export function isCancelledStatement(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === '57014';
}

/** True when the database itself is unreachable, shutting down or out of resources, so that trying another message is pointless. */
export function isDatabaseOutage(error: unknown): boolean {
  // Not by `instanceof`: errors of Node's sockets belong to another realm where code runs in a context of its own.
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (outageStates.test(code) || outageCodes.has(code))) return true;
  if (message === noAnswerInTime) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    typeof message === 'string' ? message : '',
  );
}

/** SQLSTATE 23505, optionally of one named constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const { code, constraint: violated } = error as { code?: string; constraint?: string };
  return code === '23505' && (constraint === undefined || violated === constraint);
}
