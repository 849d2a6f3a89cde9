import type { Messaging } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import type { Origin } from '../domain/security-event.js';
import type { SecurityLog } from '../security/security-log.js';

/** What managing keys takes. */
export interface KeyTools {
  readonly messaging: Messaging;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  readonly config: { readonly API_KEY_EXPIRY_WARNING_DAYS: readonly number[] };
}

/** The request that asks for it. */
export interface KeyRequest {
  readonly origin: Origin;
  readonly traceparent: string;
}
