import type { Message, MessageDefinition } from '@florin/contracts';
import type { Received, UnitOfWork } from './unit-of-work.js';

/** Applies a batch of messages of one type, in order, with set-based SQL, inside the transaction of the batch. */
export type ApplyBatch<T extends Message> = (
  unit: UnitOfWork,
  messages: readonly Received<T>[],
) => Promise<void>;

/** A message together with what the outside world answered to it. */
export interface Performed<T extends Message, R> {
  readonly message: Received<T>;
  readonly result: R;
}

export interface Handler {
  readonly definition: MessageDefinition;
  /** Runs before the transaction; absent for handlers that only touch the database. */
  readonly perform?: (message: Received) => Promise<unknown>;
  readonly apply: (unit: UnitOfWork, items: readonly Performed<Message, unknown>[]) => Promise<void>;
}

/** Handles a message type with database work only. */
export function handle<T extends Message>(definition: MessageDefinition<T>, apply: ApplyBatch<T>): Handler {
  return {
    definition: definition as MessageDefinition,
    apply: (unit, items) =>
      apply(
        unit,
        items.map((item) => item.message as Received<T>),
      ),
  };
}

/**
 * Handles a message type that needs an external call. `perform` runs outside any transaction, several at once, and
 * may run again after a crash: give the provider the message id (or a business id) as idempotency key. `apply` then
 * stores the results of the batch.
 */
export function handleExternal<T extends Message, R>(
  definition: MessageDefinition<T>,
  external: {
    perform: (message: Received<T>) => Promise<R>;
    apply: (unit: UnitOfWork, items: readonly Performed<T, R>[]) => Promise<void>;
  },
): Handler {
  return {
    definition: definition as MessageDefinition,
    perform: external.perform as (message: Received) => Promise<unknown>,
    apply: external.apply as Handler['apply'],
  };
}
