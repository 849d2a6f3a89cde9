export {
  type Answer,
  type Api,
  type AskCode,
  type Client,
  createFlorin,
  type Florin,
  type FlorinOptions,
  type ItemOf,
  type ListName,
  type OperationName,
  type RequestOf,
  type ResponseOf,
} from './client.js';
export type { SessionTokens, TokenSource } from './credentials.js';
export { type ErrorCode, FlorinConnectionError, FlorinError } from './errors.js';
export type { EventOptions, ServerEvent } from './events.js';
export * from './generated/api.js';
export { defaultRetryPolicy, type RetryPolicy } from './retry.js';
export type { CallOptions } from './transport.js';
export { verifyWebhook, type Webhook, type WebhookOptions, WebhookVerificationError } from './webhooks.js';
