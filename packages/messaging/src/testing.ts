/** For tests that replace what reaches over the network. Not part of the API of the package. */
export type { BatchExecutor } from './batch-executor.js';
export { Codec, type SchemaIds } from './codec.js';
export type { MessagingConnections } from './create-messaging.js';
export type { Delivery } from './delivery.js';
export { claimInbox, fingerprintOf } from './inbox.js';
export type {
  Admin,
  Consumer,
  EachBatchPayload,
  IHeaders,
  KafkaClient,
  KafkaMessage,
  Producer,
  TopicMessages,
} from './kafka.js';
export { createKafka } from './kafka.js';
export { createTestExecutor } from './test-executor.js';
