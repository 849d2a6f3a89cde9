import { eventually } from './eventually.js';
import { call, expectStatus } from './http.js';
import type { SignedIn } from './people.js';
import type { Platform } from './platform.js';

export interface Application {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly { name: string; status: string; reason?: string | null }[];
  readonly decision?: { outcome: string } | null;
}

interface ApplicationType {
  readonly code: string;
  readonly schema: { readonly examples?: readonly unknown[] };
}

const ended = new Set(['approved', 'declined', 'failed']);

/** Applies for a credit card with the first example that the type's own schema carries. */
export async function applyForCreditCard(platform: Platform, applicant: SignedIn): Promise<Application> {
  const types = await call<{ data: ApplicationType[] }>('GET', `${platform.edgeUrl}/v1/application-types`, {
    token: applicant.token,
  });
  const type = expectStatus(types, 200).data.find(({ code }) => code === 'credit-card');
  const data = type?.schema.examples?.[0];
  if (!data) throw new Error('the credit-card application type has no example');
  const answer = await call<Application>('POST', `${platform.edgeUrl}/v1/applications`, {
    token: applicant.token,
    body: { type: 'credit-card', data },
  });
  return expectStatus(answer, 201, 202);
}

export function applicationEnd(platform: Platform, applicant: SignedIn, id: string): Promise<Application> {
  return eventually(`application ${id} to end`, async () => {
    const answer = await call<Application>('GET', `${platform.edgeUrl}/v1/applications/${id}`, {
      token: applicant.token,
    });
    const application = expectStatus(answer, 200);
    return ended.has(application.status) ? application : undefined;
  });
}

export async function cardsOf(
  platform: Platform,
  owner: SignedIn,
): Promise<readonly { id: string; walletId: string; last4: string; status: string }[]> {
  const answer = await call<{ data: { id: string; walletId: string; last4: string; status: string }[] }>(
    'GET',
    `${platform.edgeUrl}/v1/cards`,
    { token: owner.token },
  );
  return expectStatus(answer, 200).data;
}
