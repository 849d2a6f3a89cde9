import { RetryableError } from '@florin/messaging';
import { type BreakerObserver, createHttpClient, type HttpClient } from '@florin/resilience';
import { z } from 'zod';

export type ProviderStep = 'kyc' | 'credit-bureau';

export interface ProviderRequest {
  /** Names the check for ever; the provider charges a repeat only once. */
  readonly reference: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The external checks that a workflow can ask for. */
export interface Providers {
  /**
   * @throws ProviderError when the provider does not answer or refuses
   * @throws RetryableError when its answer makes no sense
   */
  ask(step: ProviderStep, request: ProviderRequest): Promise<unknown>;
  close(): Promise<void>;
}

export interface ProvidersOptions {
  readonly kycUrl: string;
  readonly creditBureauUrl: string;
  readonly timeoutMs: number;
  readonly onStateChange: BreakerObserver;
}

/** Only these fields of an answer are kept: a provider's answer may hold more personal data than a decision needs. */
const answers = {
  kyc: z.object({ outcome: z.enum(['clear', 'review', 'rejected']), reasons: z.array(z.string()) }),
  'credit-bureau': z.object({
    creditScore: z.number().int(),
    openDefaults: z.number().int(),
    openAccounts: z.number().int(),
  }),
} satisfies Record<ProviderStep, z.ZodType>;

const paths: Record<ProviderStep, string> = { kyc: '/kyc/checks', 'credit-bureau': '/credit-bureau/reports' };

/** One quick second attempt hides a lost connection; everything longer is the business of the retry topics. */
const retry = { attempts: 2, baseDelayMs: 100 };

export function createProviders(options: ProvidersOptions): Providers {
  const { timeoutMs, onStateChange } = options;
  const client = (name: string, baseUrl: string): HttpClient =>
    createHttpClient({ name, baseUrl, timeoutMs, retry, onStateChange });
  const clients: Record<ProviderStep, HttpClient> = {
    kyc: client('kyc', options.kycUrl),
    'credit-bureau': client('credit-bureau', options.creditBureauUrl),
  };
  return {
    async ask(step, { reference, input }) {
      const { body } = await clients[step].request({
        method: 'POST',
        path: paths[step],
        body: { ...input, reference },
        idempotencyKey: reference,
      });
      const answer = answers[step].safeParse(body);
      if (!answer.success) throw new RetryableError(`${step}-answer-invalid`, `${step} answered nonsense`);
      return answer.data;
    },
    async close() {
      await Promise.all(Object.values(clients).map((each) => each.close()));
    },
  };
}
