import type { Transaction } from '@florin/database';
import type { Messaging } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import type { ApiKey } from '../db/generated/client.js';
import type { Origin } from '../domain/security-event.js';
import type { SecurityLog } from '../security/security-log.js';

/** What managing keys takes. */
export interface KeyTools {
  readonly messaging: Messaging;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  readonly config: { readonly API_KEY_EXPIRY_WARNING_DAYS: readonly number[] };
}

/** What is shown of a key. */
export type ApiKeyView = Pick<
  ApiKey,
  | 'id'
  | 'name'
  | 'prefix'
  | 'scopes'
  | 'createdAt'
  | 'createdBy'
  | 'lastUsedAt'
  | 'expiresAt'
  | 'revokedAt'
  | 'previousPrefix'
  | 'previousExpiresAt'
>;

/** A key that was created, or has got a new secret. */
export interface MadeKey {
  readonly row: ApiKeyView;
  /** The secret itself, which nobody can read again. */
  readonly key: string;
}

/** The request that asks for it. */
export interface KeyRequest {
  readonly origin: Origin;
  readonly traceparent: string;
}

/** A request that is answered with a secret. */
export interface SecretRequest extends KeyRequest {
  /** Called in the transaction, so that the answer can be stored with the key: the secret is nowhere else. */
  readonly onMade: (tx: Transaction, made: MadeKey) => void;
}
