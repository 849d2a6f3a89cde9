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
  readonly perform?: (message: Received, signal: AbortSignal) => Promise<unknown>;
  /**
   * May run more than once for a message, before the one time that commits: all of its effects belong in the transaction, or in
   * `unit.afterCommit`. May run for two batches at once, also within a process: it takes locks in ascending order, and where several
   * handlers take them, `prepare` does so for all.
   */
  readonly apply: (unit: UnitOfWork, items: readonly Performed<Message, unknown>[]) => Promise<void>;
  /**
   * Runs before a batch in which the handlers that share the function need several calls of `apply`, once with all of their
   * messages: the place to take all locks in one order, which each call by itself could not.
   */
  readonly prepare?: (unit: UnitOfWork, messages: readonly Received[]) => Promise<void>;
  /**
   * How many messages of ordinary weight one of these is worth; 1 when absent. A batch that is worth more than 2,000 is
   * applied in several transactions, in its order.
   */
  readonly weigh?: (message: Received) => number;
  /** True for a message that nobody waits for: after a batch of such, and of what is not for it, a group may rest (`unhurriedRestMs`). */
  readonly isUnhurried?: (message: Received) => boolean;
  /** Set by `handle` and `handleExternal`, or for all handlers of a consumer; else 10 s and 30 s. */
  readonly timeouts?: HandlerTimeouts;
}

/**
 * How long a handler may take. A message whose handler takes longer fails with `handler-timeout` and takes the retry
 * topics; what the handler does to the transaction of its batch after that is rolled back or refused.
 */
export interface HandlerTimeouts {
  /** Of the transaction of a batch, which has the longest limit of the handlers in it. */
  readonly applyMs?: number;
  /** Of one external call. */
  readonly performMs?: number;
}

/** Handles a message type with database work only. */
export function handle<T extends Message>(
  definition: MessageDefinition<T>,
  apply: ApplyBatch<T>,
  timeouts?: HandlerTimeouts,
): Handler {
  return {
    definition: definition as MessageDefinition,
    timeouts,
    apply: (unit, items) =>
      apply(
        unit,
        items.map((item) => item.message as Received<T>),
      ),
  };
}

/** Handles several message types as one: messages of all of them reach `apply` together, in the order they arrived. */
export function handleTogether<T extends Message>(
  definitions: readonly MessageDefinition<T>[],
  apply: ApplyBatch<T>,
  timeouts?: HandlerTimeouts,
): Handler[] {
  const { apply: shared } = handle(definitions[0]!, apply);
  return definitions.map((definition) => ({
    definition: definition as MessageDefinition,
    timeouts,
    apply: shared,
  }));
}

/**
 * Handles a message type that needs an external call. `perform` runs outside any transaction, several at once, and
 * may run again after a crash: give the provider the message id (or a business id) as idempotency key. `apply` then
 * stores the results of the batch. The signal of `perform` is aborted when the call takes too long.
 */
export function handleExternal<T extends Message, R>(
  definition: MessageDefinition<T>,
  external: {
    perform: (message: Received<T>, signal: AbortSignal) => Promise<R>;
    apply: (unit: UnitOfWork, items: readonly Performed<T, R>[]) => Promise<void>;
  },
  timeouts?: HandlerTimeouts,
): Handler {
  return {
    definition: definition as MessageDefinition,
    timeouts,
    perform: external.perform as Handler['perform'],
    apply: external.apply as Handler['apply'],
  };
}
