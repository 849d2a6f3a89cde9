import type { BodyOf, Message, MessageDefinition } from '@florin/contracts';
import {
  type Database,
  isUniqueViolation,
  type Pending,
  type Transaction,
  type TransactionLimits,
  uuidv7,
} from '@florin/database';
import { type Clock, childTraceparent } from '@florin/observability';
import type { Codec } from './codec.js';
import type { IdRange } from './id-ranges.js';
import { insertOutbox, type OutboxRow } from './outbox.js';
import type { SendOptions, UnitOfWork } from './unit-of-work.js';

/** Collects what a transaction sends, and stores it in the outbox in one statement. */
export class MessageUnit implements UnitOfWork {
  private staged: OutboxRow[] = [];
  private readonly callbacks: (() => void)[] = [];
  private readonly statements: Promise<unknown>[] = [];
  /** A pending statement has met a row that exists already. */
  hasMetKnown = false;

  constructor(
    readonly tx: Transaction,
    readonly expectsNew: boolean,
    private readonly codec: Codec,
    private readonly clock: Clock,
    private readonly topicPrefix: string,
    private readonly defaultActor: string,
    private readonly onPending: Pending,
  ) {}

  send<T extends Message>(
    definition: MessageDefinition<T>,
    key: string,
    body: BodyOf<T>,
    options: SendOptions = {},
  ): string {
    const { cause } = options;
    const messageId = options.messageId ?? uuidv7();
    const meta = {
      messageId,
      occurredAt: this.clock.now(),
      correlationId: options.correlationId ?? cause?.value.meta.correlationId ?? messageId,
      causationId: cause?.value.meta.messageId ?? null,
      actor: options.actor ?? cause?.value.meta.actor ?? this.defaultActor,
      aggregateVersion: options.aggregateVersion ?? 0,
      deadlineAt: options.deadlineAt ?? cause?.value.meta.deadlineAt ?? null,
    };
    const message = { meta, ...body };
    // A body that was taken from another message may have a `meta` of that.
    message.meta = meta;
    this.staged.push({
      topic: this.topicPrefix + definition.topic,
      key,
      value: this.codec.encode(definition, message as unknown as T),
      traceparent: childTraceparent(options.traceparent ?? cause?.traceparent),
    });
    return messageId;
  }

  pending(statement: Promise<unknown>): void {
    this.statements.push(statement);
    statement.catch((error: unknown) => {
      this.hasMetKnown ||= isUniqueViolation(error);
    });
    this.onPending(statement);
  }

  /** Resolves when all statements that nobody has waited for have succeeded. */
  async settled(): Promise<void> {
    await Promise.all(this.statements);
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  /** Tells the callbacks of the work that it is durable. */
  committed(): void {
    for (const callback of this.callbacks) callback();
  }

  /** Sends the statement that stores what is staged; undefined when there is nothing. */
  flush(): StoredRows | undefined {
    const rows = this.staged;
    this.staged = [];
    if (rows.length === 0) return undefined;
    const ids = insertOutbox(this.tx, rows);
    this.pending(ids);
    return { rows, ids };
  }
}

/** Rows of a transaction, whose ids are known when it has committed. */
interface StoredRows {
  readonly rows: readonly OutboxRow[];
  readonly ids: Promise<IdRange>;
}

/** What the messaging core itself works with. */
export type SettlingUnit = UnitOfWork & Pick<MessageUnit, 'settled'>;

export interface UnitOptions extends Partial<TransactionLimits> {
  /**
   * The work may insert what it expects to be new without looking, and without waiting for the answer: a round trip less for the inbox, and
   * more for what handlers insert. When something was known, nothing has happened, and the work runs again without expecting it.
   */
  readonly expectsNew?: boolean;
}

export interface UnitFactory {
  /** One transaction: the work, then its outbox rows, then the commit, after which the relay is given the rows. */
  run<T>(work: (unit: SettlingUnit) => Promise<T>, options?: UnitOptions): Promise<T>;
}

export function createUnitFactory(options: {
  database: Database;
  codec: Codec;
  clock: Clock;
  topicPrefix: string;
  actor: string;
  onCommitted: (rows: readonly OutboxRow[], ids: IdRange) => void;
  /** Something was known that was expected to be new. */
  onSecondRun: () => void;
}): UnitFactory {
  const { database, codec, clock, topicPrefix, actor, onCommitted, onSecondRun } = options;

  /** @returns undefined when something was known that was expected to be new: nothing has happened */
  async function transact<T>(
    work: (unit: SettlingUnit) => Promise<T>,
    { timeoutMs, expectsNew = false }: UnitOptions,
  ) {
    const limits = timeoutMs === undefined ? undefined : { timeoutMs };
    // The transaction may run again after a deadlock: only the unit of its last run counts.
    const units: MessageUnit[] = [];
    try {
      return await database.transaction(async (tx, pending) => {
        const unit = new MessageUnit(tx, expectsNew, codec, clock, topicPrefix, actor, pending);
        units.push(unit);
        const value = await reasoned(unit, work(unit));
        return { unit, value, stored: unit.flush() };
      }, limits);
    } catch (error) {
      if (expectsNew && units.at(-1)?.hasMetKnown) return undefined;
      throw error;
    }
  }

  return {
    async run(work, unitOptions = {}) {
      let done = await transact(work, unitOptions);
      if (!done) {
        onSecondRun();
        done = (await transact(work, { ...unitOptions, expectsNew: false }))!;
      }
      const { unit, value, stored } = done;
      if (stored) onCommitted(stored.rows, await stored.ids);
      unit.committed();
      return value;
    },
  };
}

/** Work that gives up may have done so before the answer to a statement that nobody waits for, and that one comes first. */
async function reasoned<T>(unit: MessageUnit, working: Promise<T>): Promise<T> {
  try {
    return await working;
  } catch (error) {
    await unit.settled();
    throw error;
  }
}
