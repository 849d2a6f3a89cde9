import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Logger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/** Body of `PUT /psp/callbacks`. Without a URL none are sent. */
export const callbackSettingsSchema = z.strictObject({
  url: z.url().nullable().optional(),
  /** How often each callback is delivered, as providers do that lost our answer. */
  copies: z.number().int().min(1).max(10).optional(),
  /** Share of the callbacks that are lost. */
  lossRate: z.number().min(0).max(1).optional(),
  /** How long a pending payment takes. */
  pendingMs: z.number().int().min(0).max(3_600_000).optional(),
});
export type CallbackSettings = z.infer<typeof callbackSettingsSchema>;

const attempts = 4;
const firstPauseMs = 500;
const timeoutMs = 5_000;

export interface PaymentNews {
  readonly type: string;
  readonly data: {
    readonly id: string;
    readonly reference: string;
    readonly status: string;
    readonly amount: number;
    readonly currency: string;
  };
}

/** Tells the client what became of payments, signed as Standard Webhooks 1.0 says, and runs what takes its time. */
export class Callbacks {
  private settings: Required<CallbackSettings>;
  private readonly stopped = new AbortController();

  constructor(
    private readonly options: {
      readonly url: string | undefined;
      readonly secret: string;
      readonly pendingMs: number;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    this.settings = { url: options.url ?? null, copies: 1, lossRate: 0, pendingMs: options.pendingMs };
  }

  configure(changes: CallbackSettings): Required<CallbackSettings> {
    this.settings = { ...this.settings, ...changes };
    return this.settings;
  }

  /** Does something once a pending payment has taken its time; never when the sandbox stops before. */
  later(work: () => void): void {
    delay(this.settings.pendingMs, undefined, { ref: false, signal: this.stopped.signal }).then(
      work,
      () => undefined,
    );
  }

  send(news: PaymentNews): void {
    const { url, copies, lossRate } = this.settings;
    if (url === null || Math.random() < lossRate) return;
    const id = `msg_${uuidv7()}`;
    for (let copy = 0; copy < copies; copy++) {
      this.deliver(url, id, news).catch((error: unknown) => {
        if (!this.stopped.signal.aborted)
          this.options.logger.warn({ err: error, id }, 'callback not delivered');
      });
    }
  }

  stop(): void {
    this.stopped.abort();
  }

  private async deliver(url: string, id: string, news: PaymentNews): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const status = await this.post(url, id, news).catch(() => undefined);
      if (status !== undefined && status < 300) return;
      if (attempt === attempts) throw new Error(`the receiver answers ${status ?? 'nothing'}`);
      await delay(firstPauseMs * 2 ** attempt, undefined, { ref: false, signal: this.stopped.signal });
    }
  }

  private async post(url: string, id: string, news: PaymentNews): Promise<number> {
    const now = this.options.clock.now();
    const body = JSON.stringify({ ...news, timestamp: new Date(now).toISOString() });
    const timestamp = String(Math.floor(now / 1_000));
    const mac = createHmac('sha256', this.options.secret).update(`${id}.${timestamp}.${body}`);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${mac.digest('base64')}`,
      },
      body,
      signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  }
}
