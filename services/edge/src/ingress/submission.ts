import type { BodyOf, Hop, Message, MessageDefinition } from '@florin/contracts';
import type { SendOptions, UnitOfWork } from '@florin/messaging';

/** What the edge accepts asynchronously and a caller can wait for. */
export type ResourceKind =
  | 'wallet-type'
  | 'wallet'
  | 'wallet-status'
  | 'card'
  | 'card-status'
  | 'transaction-type'
  | 'transaction-rule'
  | 'transaction-rule-withdrawal'
  | 'transaction'
  | 'transfer-quote'
  | 'bulk'
  | 'fx-rate'
  | 'fx-quote'
  | 'scheduled-transfer'
  | 'scheduled-transfer-cancellation'
  | 'application-type'
  | 'application'
  | 'application-decision'
  | 'ledger-audit'
  | 'settlement-file'
  | 'reconciliation-break'
  | 'replay';

export interface ResourceRef {
  readonly kind: ResourceKind;
  readonly id: string;
}

/** An Idempotency-Key as a caller sent it; `requestHash` tells a repeat from another request under the same key. */
export interface IdempotencyClaim {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

/** The first answer to a request with an Idempotency-Key, repeated byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

/**
 * Inserts read-model rows in state pending, set-based, and returns the ids of those that could be inserted: the
 * others exist already and their requests are refused.
 */
export type InsertPending<Row> = (unit: UnitOfWork, rows: readonly Row[]) => Promise<readonly string[]>;

/** The pending rows of one kind that share a commit. */
interface PendingRow {
  readonly insert: InsertPending<unknown>;
  readonly row: unknown;
}

/** One accepted request: what becomes durable before the caller is told anything. */
export interface Submission {
  readonly resource: ResourceRef;
  readonly claim: IdempotencyClaim | undefined;
  readonly claimedAt: number;
  /** From this instant on a claim without an answer belongs to a process that died. */
  readonly answerDueAt: number;
  readonly pending: PendingRow | undefined;
  readonly send: (unit: UnitOfWork) => void;
}

/** Pairs a row with the statement that inserts it. */
export function pendingRow<Row>(insert: InsertPending<Row>, row: Row): PendingRow {
  return { insert: insert as InsertPending<unknown>, row };
}

/** The command that carries an accepted request to the service that owns it; it is `known` where its hop is shown already. */
export function command<T extends Message>(
  definition: MessageDefinition<T>,
  key: string,
  body: BodyOf<T>,
  known?: Pick<Hop, 'messageId'>,
): (unit: UnitOfWork, options: SendOptions) => void {
  return (unit, options) => {
    unit.send(definition, key, body, known ? { ...options, messageId: known.messageId } : options);
  };
}

/** What became of a submission. */
export type Accepted =
  | { readonly kind: 'accepted' }
  /** The resource exists already. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'replayed'; readonly answer: StoredAnswer }
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'reused' }
  /** The first request was accepted, but its process died before answering. */
  | { readonly kind: 'orphaned'; readonly resource: ResourceRef };
