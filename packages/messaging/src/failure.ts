import { createHash } from 'node:crypto';
import { isDatabaseOutage } from '@florin/database';
import { DependencyUnavailableError, MessagingError } from './errors.js';

/**
 * retryable: the retry topics. permanent: the dead-letter topic at once. unavailable: a provider is known to be down,
 * wait without consuming an attempt. infrastructure: our own database, broker or registry is down, likewise.
 */
export type FailureClass = 'retryable' | 'permanent' | 'unavailable' | 'infrastructure';

export function classify(error: unknown): FailureClass {
  if (error instanceof DependencyUnavailableError) return 'unavailable';
  if (error instanceof MessagingError) return error.retryable ? 'retryable' : 'permanent';
  return isDatabaseOutage(error) ? 'infrastructure' : 'retryable';
}

/** True when nothing has become of the message yet: no attempt is counted, and it has to be fetched again. */
export function waits(error: unknown): boolean {
  const failureClass = classify(error);
  return failureClass === 'unavailable' || failureClass === 'infrastructure';
}

export interface FailureDescription {
  readonly code: string;
  readonly message: string;
  /** The same for failures with the same cause: group, message type and error code. */
  readonly fingerprint: string;
}

const maxMessageChars = 300;

/**
 * What of an error may leave the process. Messages of our own errors carry no personal data by convention. Foreign
 * messages (drivers, libraries) may quote values of the row or request, so only their class and code are kept.
 */
export function describeFailure(error: unknown, group: string, messageName: string): FailureDescription {
  const code = codeOf(error);
  const message =
    error instanceof MessagingError ? error.message.slice(0, maxMessageChars) : `unexpected ${nameOf(error)}`;
  const fingerprint = createHash('sha256')
    .update(`${group}\n${messageName}\n${code}`)
    .digest('hex')
    .slice(0, 16);
  return { code, message, fingerprint };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : nameOf(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
