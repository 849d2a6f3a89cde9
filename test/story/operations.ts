import { createFlorin, type Florin, type ItemOf } from '@florin/sdk';
import { call, expectStatus } from './http.js';
import type { Platform } from './platform.js';

export type Provider = 'kyc' | 'credit-bureau' | 'psp' | 'sms' | 'smtp' | 'webhook';

export async function setFault(platform: Platform, provider: Provider, mode: 'ok' | 'error'): Promise<void> {
  const rate = mode === 'ok' ? 0 : 1;
  expectStatus(
    await call('PUT', `${platform.sandboxUrl}/faults/${provider}`, { body: { mode, rate, latencyMs: 0 } }),
    200,
    204,
  );
}

/** The API as the back office. */
export function backOffice({ edgeUrl, adminKey }: Platform): Florin {
  return createFlorin({ baseUrl: edgeUrl, token: adminKey });
}

export type DeadLetter = ItemOf<'listDeadLetters'>;

export async function pendingDeadLetters(platform: Platform): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const query = { status: 'pending', limit: 200 } as const;
  for await (const letter of backOffice(platform).paginate('listDeadLetters', { query }))
    letters.push(letter);
  return letters;
}

/** Records in each topic, to see which of them a step went through. */
export async function topicRecords(platform: Platform): Promise<Map<string, number>> {
  const { data } = await backOffice(platform).listTopics();
  return new Map(data.map(({ name, records }) => [name, records]));
}
