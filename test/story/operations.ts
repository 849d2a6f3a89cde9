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

export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly status: string;
  readonly attempts: number;
  readonly errorCode: string;
}

export async function pendingDeadLetters(platform: Platform): Promise<readonly DeadLetter[]> {
  const answer = await call<{ data: DeadLetter[] }>(
    'GET',
    `${platform.edgeUrl}/ops/v1/dead-letters?status=pending&limit=200`,
    { token: platform.adminKey },
  );
  return expectStatus(answer, 200).data;
}

/** Records in each topic, to see which of them a step went through. */
export async function topicRecords(platform: Platform): Promise<Map<string, number>> {
  const answer = await call<{ data: { name: string; records: number }[] }>(
    'GET',
    `${platform.edgeUrl}/ops/v1/topics`,
    { token: platform.adminKey },
  );
  return new Map(expectStatus(answer, 200).data.map(({ name, records }) => [name, records]));
}
