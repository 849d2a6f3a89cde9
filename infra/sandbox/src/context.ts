import type { Clock, Logger } from '@florin/observability';
import { BoundedStore } from './bounded-store.js';
import { Callbacks } from './callbacks.js';
import type { SandboxConfig } from './config.js';
import type { Charge, Payment } from './domain/payment.js';
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
  /** By the reference the client gave. */
  readonly payouts: BoundedStore<Payment>;
  /** Put there by hand, by day. */
  readonly settlementFiles: BoundedStore<string>;
  readonly callbacks: Callbacks;
  /** Failed attempts on `tok_flaky`, by kind of payment and reference. */
  readonly flakyAttempts: BoundedStore<number>;
  /** By the reference the client gave. */
  readonly issuedCards: BoundedStore<IssuedCard>;
  /** By the name of the sink. */
  readonly webhooks: BoundedStore<ReceivedWebhook[]>;
}

/** A settlement file lists a whole day, so payments are remembered longer than the rest. */
const paymentsKept = 100_000;

export function createContext(
  config: SandboxConfig,
  parts: { clock: Clock; logger: Logger },
): SandboxContext {
  const callbacks = new Callbacks({
    ...parts,
    url: config.SANDBOX_PSP_CALLBACK_URL,
    secret: config.PSP_WEBHOOK_SECRET,
    pendingMs: config.SANDBOX_PSP_PENDING_MS,
  });
  return {
    ...parts,
    callbacks,
    faults: new Faults(),
    sms: new BoundedStore(),
    mail: new BoundedStore(),
    charges: new BoundedStore(paymentsKept),
    payouts: new BoundedStore(paymentsKept),
    settlementFiles: new BoundedStore(100),
    flakyAttempts: new BoundedStore(),
    issuedCards: new BoundedStore(),
    webhooks: new BoundedStore(100),
  };
}
