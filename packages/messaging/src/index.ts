export { type GroupSummary, MessagingAdmin, type TopicSummary } from './admin.js';
export { createMessaging } from './create-messaging.js';
export { type DeadLetter, deadLetterTopics } from './dead-letter.js';
export { parseDuration } from './duration.js';
export {
  DependencyUnavailableError,
  MessagingError,
  PermanentError,
  RetryableError,
  UnsendableMessageError,
} from './errors.js';
export type { FailureHeaders, Replay } from './failure-headers.js';
export {
  type ApplyBatch,
  type Handler,
  type HandlerTimeouts,
  handle,
  handleExternal,
  handleTogether,
  type Performed,
} from './handler.js';
export {
  History,
  type HistoryOptions,
  HistoryTimeoutError,
  type PartitionRange,
  type UnappliedMessage,
} from './history.js';
export { insertNew } from './insert-new.js';
export type { UnitOptions } from './message-unit.js';
export type {
  ConsumerOptions,
  DeadLetterConsumerOptions,
  KafkaOptions,
  Messaging,
  MessagingOptions,
} from './messaging.js';
export type { OutboxState } from './outbox-state.js';
export type { DiscardedLetter, ReplayableLetter, ReplayItem } from './replay.js';
export type { ReplayOutcome } from './replay-outcome.js';
export type { Received, SendOptions, UnitOfWork } from './unit-of-work.js';
