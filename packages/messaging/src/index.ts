export { createMessaging } from './create-messaging.js';
export {
  DependencyUnavailableError,
  MessagingError,
  PermanentError,
  RetryableError,
  UnsendableMessageError,
} from './errors.js';
export { type ApplyBatch, type Handler, handle, handleExternal, type Performed } from './handler.js';
export type { ConsumerOptions, KafkaOptions, Messaging, MessagingOptions } from './messaging.js';
export type { Received, SendOptions, UnitOfWork } from './unit-of-work.js';
