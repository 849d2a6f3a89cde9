import {
  type BreakerObserver,
  createBreaker,
  ProviderRejectedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from '@florin/resilience';
import { createTransport } from 'nodemailer';

export interface Mail {
  /** Names the mail for ever: a repeat carries the same Message-ID, by which receivers drop duplicates. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailSender {
  /** @throws ProviderError when the server did not accept the mail */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailSenderOptions {
  readonly smtpUrl: string;
  readonly from: string;
  readonly timeoutMs: number;
  readonly onStateChange: BreakerObserver;
}

const provider = 'smtp';

export function createMailSender(options: MailSenderOptions): MailSender {
  const { timeoutMs } = options;
  const transport = createTransport({
    url: options.smtpUrl,
    pool: true,
    maxConnections: 4,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const breaker = createBreaker(provider, {}, options.onStateChange);
  return {
    async send({ id, ...content }) {
      const message = { ...content, from: options.from, messageId: `<${id}@florin>` };
      await breaker.run(() =>
        transport.sendMail(message).catch((error: unknown) => {
          throw toProviderError(error, timeoutMs);
        }),
      );
    },
    close() {
      transport.close();
      breaker.close();
    },
  };
}

/** SMTP answers 5xx for what it will never accept and 4xx for "later" (RFC 5321 §4.2.1), the reverse of HTTP. */
function toProviderError(error: unknown, timeoutMs: number): Error {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (responseCode !== undefined && responseCode >= 500) {
    return new ProviderRejectedError(provider, responseCode, undefined);
  }
  if (code === 'ETIMEDOUT') return new ProviderTimeoutError(provider, timeoutMs, { cause: error });
  const failure = { reason: code ?? `reply ${responseCode}`, outcomeUnknown: responseCode === undefined };
  return new ProviderUnavailableError(provider, failure, { cause: error });
}
