import type { Application, Card } from '@florin/sdk';
import { eventually } from './eventually.js';
import type { SignedIn } from './people.js';

export type { Application } from '@florin/sdk';

const ended = new Set(['approved', 'declined', 'failed']);

/** Applies for a credit card with the first example that the type's own schema carries. */
export async function applyForCreditCard({ florin }: SignedIn): Promise<Application> {
  const { data: types } = await florin.listApplicationTypes({ query: { code: 'credit-card' } });
  const schema = types.at(-1)?.schema as
    | { readonly examples?: readonly Record<string, unknown>[] }
    | undefined;
  const data = schema?.examples?.[0];
  if (!data) throw new Error('the credit-card application type has no example');
  return florin.createApplication({ body: { type: 'credit-card', data } });
}

export function applicationEnd({ florin }: SignedIn, id: string): Promise<Application> {
  return eventually(`application ${id} to end`, async () => {
    const application = await florin.getApplication({ id });
    return ended.has(application.status) ? application : undefined;
  });
}

export async function cardsOf({ florin }: SignedIn): Promise<readonly Card[]> {
  return (await florin.listCards()).data;
}
