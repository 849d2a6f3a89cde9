import { type BreakerObserver, createHttpClient } from '@florin/resilience';

export interface Sms {
  /** Idempotency key: the gateway sends a repeat only once. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly body: string;
}

export interface SmsSender {
  /** @throws ProviderError when the gateway did not take the message */
  send(sms: Sms): Promise<void>;
  close(): Promise<void>;
}

export interface SmsSenderOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly onStateChange: BreakerObserver;
}

/** One attempt a delivery: further ones are the business of the retry topics, which do not block other messages. */
export function createSmsSender(options: SmsSenderOptions): SmsSender {
  const client = createHttpClient({ name: 'sms', ...options });
  return {
    async send({ id, to, body }) {
      await client.request({ method: 'POST', path: '/sms/messages', body: { to, body }, idempotencyKey: id });
    },
    close: () => client.close(),
  };
}
