import type { Clock, Logger } from '@florin/observability';
import { BoundedStore } from './bounded-store.js';
import type { Charge } from './domain/charge.js';
import { Faults } from './faults.js';

export interface SmsMessage {
  readonly id: string;
  readonly to: string;
  readonly body: string;
  readonly sentAt: string;
}

export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly receivedAt: string;
}

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As received, so that a signature can be checked. */
  readonly body: string;
  readonly receivedAt: string;
}

/** A card as its client knows it; the number is not kept. */
export interface IssuedCard {
  readonly reference: string;
  readonly token: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

/** Everything the simulators remember. */
export interface SandboxContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly faults: Faults;
  /** By idempotency key. */
  readonly sms: BoundedStore<SmsMessage>;
  /** By Message-ID and recipient. */
  readonly mail: BoundedStore<MailMessage>;
  /** By the reference the client gave. */
  readonly charges: BoundedStore<Charge>;
  /** Failed attempts on `tok_flaky`, by reference. */
  readonly flakyAttempts: BoundedStore<number>;
  /** By the reference the client gave. */
  readonly issuedCards: BoundedStore<IssuedCard>;
  /** By the name of the sink. */
  readonly webhooks: BoundedStore<ReceivedWebhook[]>;
}

export function createContext(parts: { clock: Clock; logger: Logger }): SandboxContext {
  return {
    ...parts,
    faults: new Faults(),
    sms: new BoundedStore(),
    mail: new BoundedStore(),
    charges: new BoundedStore(),
    flakyAttempts: new BoundedStore(),
    issuedCards: new BoundedStore(),
    webhooks: new BoundedStore(100),
  };
}
