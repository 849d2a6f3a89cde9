import type { BodyOf, ConsumerGroup, Message, MessageDefinition } from '@florin/contracts';
import type { Database } from '@florin/database';
import type { Clock, Logger, Registry } from '@florin/observability';
import type { MessagingAdmin } from './admin.js';
import type { DeadLetter } from './dead-letter.js';
import type { Handler, HandlerTimeouts } from './handler.js';
import type { History, HistoryOptions } from './history.js';
import type { UnitOptions } from './message-unit.js';
import type { OutboxState } from './outbox-state.js';
import type { DiscardedLetter, ReplayItem } from './replay.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface MessagingOptions {
  /** Name of the service: client id, actor of its own messages. */
  readonly service: string;
  readonly kafka: KafkaOptions;
  readonly schemaRegistryUrl: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  /**
   * How long the inbox remembers messages, e.g. `44d` (the default), or `forever`. `start` refuses topics that keep
   * messages and their dead letters longer.
   */
  readonly inboxRetention?: string | undefined;
}

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Put before every topic and group name, so that several installations share a cluster; '' for none. */
  readonly topicPrefix: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Instead of the retry tiers of every group, e.g. `['100ms', '1s']`. All services must be given the same. */
  readonly retryDelays?: readonly string[] | undefined;
  /** Instead of the retry deadline of every group, e.g. `2h`. */
  readonly retryDeadline?: string | undefined;
}

export interface ConsumerOptions {
  readonly group: ConsumerGroup;
  readonly handlers: readonly Handler[];
  /** More than so many dead letters a minute make the group wait instead; 600 by default. */
  readonly deadLettersPerMinute?: number;
  /** For handlers of this consumer that bring no limits of their own. */
  readonly timeouts?: HandlerTimeouts;
  /**
   * By topic; `none` for those that are not named. `key`: a message that fails makes the later ones of its key wait until
   * it is applied or discarded, while other keys go on.
   */
  readonly ordering?: Readonly<Record<string, 'none' | 'key'>>;
  /**
   * The group rests so long, in milliseconds, after each batch with which it has caught up: for work that can come so much later.
   * What comes meanwhile, also what its own handlers have sent to the group, shares the next batch; what comes after a rest waits for
   * nothing. By default it does not rest.
   */
  readonly restMs?: number;
  /**
   * The same after a batch in which nothing was for the group, or only what its handlers call unhurried: for one that waits for few
   * messages on a busy topic; `restMs` by default. Those that come meanwhile wait for the end of the rest, and so does what comes on its
   * other topics.
   */
  readonly unhurriedRestMs?: number;
}

export interface DeadLetterConsumerOptions {
  /** Kafka group id, without prefix. */
  readonly groupName: string;
  /** Receives the dead letters of every group; must absorb redelivery by `(topic, partition, offset)`. */
  readonly apply: (unit: UnitOfWork, letters: readonly DeadLetter[]) => Promise<void>;
}

/** The messaging core of one service. */
export interface Messaging {
  /** Runs `work` and stores the messages it sends in one transaction; wakes the relay after the commit. */
  transaction<T>(work: (unit: UnitOfWork) => Promise<T>, options?: UnitOptions): Promise<T>;
  /** Declares a consumer; call before `start`. */
  consume(options: ConsumerOptions): void;
  /** Declares a consumer of all dead-letter topics; call before `start`. */
  consumeDeadLetters(options: DeadLetterConsumerOptions): void;
  /**
   * Sends a message without the outbox: for an observation that no transaction made and that the next one replaces, so
   * that losing one does no harm. Everything else goes through `transaction`.
   */
  announce<T extends Message>(definition: MessageDefinition<T>, key: string, body: BodyOf<T>): Promise<void>;
  /** Reads topics from their beginning, beside their consumers; to be called after `start`. */
  history(options: HistoryOptions): History;
  /** What waits in the outbox of this service. */
  outbox(): Promise<OutboxState>;
  /** Sends dead letters back to the groups that failed; resolves when Kafka holds them. */
  replay(items: readonly ReplayItem[]): Promise<void>;
  /**
   * Tells the groups that failed that these dead letters will never be replayed, so that messages that wait for them
   * may go on; resolves when Kafka holds it.
   */
  discard(letters: readonly DiscardedLetter[]): Promise<void>;
  /**
   * Encodes a message that an operator has edited, with the rules of its schema.
   * @returns the bytes for `ReplayableLetter.value`, or the paths of the fields that do not fit
   * @throws UnsendableMessageError when the message is unknown or too large
   */
  encode(messageName: string, value: unknown): { readonly bytes: Buffer } | { readonly misfits: string[] };
  /** Known after `start`. */
  readonly admin: MessagingAdmin;
  /** Creates topics, registers schemas, then starts the relay and the consumers. */
  start(): Promise<void>;
  /** Stops taking work, finishes the batch in hand, flushes the outbox, commits offsets and leaves the groups. */
  stop(): Promise<void>;
  /** True while the relay runs and every consumer is a member of its group. */
  isReady(): boolean;
}
