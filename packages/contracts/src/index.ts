export {
  createApiKey,
  describeApiKey,
  hashApiKey,
  isWellFormedApiKey,
  type NewApiKey,
} from './api-key.js';
export { type AsyncApiDocument, asyncApiDocument } from './async-api.js';
export { decimalAmount, formatMoney, groupedAmount, minorUnitDigits } from './currency.js';
export { convertDown, convertUp, isRate, rateWithMargin } from './exchange-rate.js';
export * from './generated/messages.js';
export { type BodyOf, type Message, type MessageDefinition, shortName } from './message-definition.js';
export { isSystemAccount, paidByCustomers } from './posted-transfer.js';
export { producersOf } from './producers.js';
export { type RecordKey, recordKeyOf } from './record-key.js';
export {
  type ConsumerGroup,
  consumerGroups,
  deadLetterTopic,
  defaultRetry,
  type GroupRetry,
  messageTopics,
  retryTopic,
} from './topology.js';
