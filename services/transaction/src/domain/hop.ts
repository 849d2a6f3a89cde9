import type { Hop, Meta } from '@florin/contracts';
import type { Transaction } from './transaction.js';

/** The command that the ledger was asked to post a transaction with. */
export function postingCommandOf(
  transaction: Pick<Transaction, 'type' | 'sourceWalletId' | 'origin'>,
): 'PostAdjustment' | 'PostBulk' | 'PostDeposit' | 'PostTransfer' {
  if (transaction.type === 'adjustment') return 'PostAdjustment';
  if (transaction.origin?.kind === 'bulk') return 'PostBulk';
  return transaction.sourceWalletId === null ? 'PostDeposit' : 'PostTransfer';
}

/** The command of this service that an answer answers, and the answer: the last two hops before the outcome. */
export function hopsUpTo(
  answer: { readonly message: string; readonly service: string; readonly meta: Meta },
  request: string,
  traceId: string | null,
): Hop[] {
  const { messageId, occurredAt, causationId } = answer.meta;
  const last = { service: answer.service, message: answer.message, messageId, at: occurredAt, traceId };
  if (causationId === null) return [last];
  const at = timeOf(causationId) ?? occurredAt;
  return [{ service: 'transaction', message: request, messageId: causationId, at, traceId }, last];
}

/** The instant that is part of a UUIDv7 (RFC 9562), in milliseconds since the Unix epoch; undefined for another UUID. */
export function timeOf(uuid: string): number | undefined {
  return uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : undefined;
}
