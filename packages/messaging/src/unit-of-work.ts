import type { BodyOf, Message, MessageDefinition } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** A message as a handler receives it. */
export interface Received<T extends Message = Message> {
  readonly definition: MessageDefinition<T>;
  readonly key: string;
  readonly value: T;
  readonly traceparent: string | undefined;
  /** 1 on the first delivery; grows with each retry tier. */
  readonly attempt: number;
}

export interface SendOptions {
  /** A UUIDv7; made by `send` unless its caller has to know it before. */
  readonly messageId?: string;
  /** The message that caused this one: correlation, causation, actor, deadline and trace are inherited from it. */
  readonly cause?: Received;
  readonly correlationId?: string;
  readonly actor?: string;
  readonly deadlineAt?: number;
  readonly aggregateVersion?: number;
  readonly traceparent?: string;
}

/**
 * State change and outgoing messages of one PostgreSQL transaction. What is sent here is stored in the outbox right
 * before the commit: it reaches Kafka if and only if the transaction commits.
 */
export interface UnitOfWork {
  readonly tx: Transaction;
  /**
   * True when nothing of what the work inserts exists yet, in all likelihood. Rows can be inserted as `pending` then, without looking which
   * of them are known: a unique violation of a pending statement rolls everything back, and the work runs again, with false.
   */
  readonly expectsNew: boolean;
  /**
   * Stages a message; the id of the message is returned.
   * @throws UnsendableMessageError when the body does not fit the schema or exceeds 512 KiB.
   */
  send<T extends Message>(
    definition: MessageDefinition<T>,
    key: string,
    body: BodyOf<T>,
    options?: SendOptions,
  ): string;
  /**
   * Takes a statement that was sent to `tx` and whose result nobody needs, so that those that follow need not wait for its answer.
   * When it fails, the transaction does.
   */
  pending(statement: Promise<unknown>): void;
  /** Runs `callback` once the transaction has committed; never when it rolls back or the process dies before. */
  afterCommit(callback: () => void): void;
}
