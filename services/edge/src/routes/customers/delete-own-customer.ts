import { setTimeout as sleep } from 'node:timers/promises';
import { notFound, Problem } from '@florin/http';
import { z } from 'zod';
import { beginErasure } from '../../db/begin-erasure.js';
import { advanceErasure, type ErasureParts, type ErasureState } from '../../erasure/advance-erasure.js';
import { preferenceOf } from '../../ingress/preference.js';
import { defineRoute } from '../../route.js';

const pollMs = 25;
/** Less than a service is given to stop in. */
const longestWaitMs = 10_000;

export const deleteOwnCustomer = defineRoute({
  method: 'delete',
  path: '/v1/customers/me',
  operationId: 'deleteOwnCustomer',
  summary: 'Delete the own account and erase the personal data in it',
  description:
    'Closes all wallets and cancels their cards, ends all sessions, and erases name, addresses, credentials and application data in every service. What was posted stays in the ledger, under the id of a customer whom nobody knows any more.',
  tags: ['Identity'],
  access: 'customer',
  responses: {
    202: {
      description: 'The wallets are still being closed; the account is deleted when they are',
      schema: z.object({ status: z.literal('closing') }),
    },
    204: { description: 'Deleted' },
    404: { description: '`not-found`: deleted by another call at the same time' },
    409: {
      description:
        '`wallets-not-empty`: withdraw or transfer what is left first; the account stays. When money came in while its wallets were being closed, the empty ones are closed for good; the detail says which',
    },
  },
  async handler(context, { caller, headers }) {
    const { customerId } = caller;
    const start = await context.database.transaction((tx) =>
      beginErasure(tx, customerId, context.clock.now()),
    );
    if (start.kind === 'unknown') throw notFound('customer');
    if (start.kind === 'not-empty') throw notEmpty(start.what);
    const { prefer } = headers;
    const { waitMs } = preferenceOf(Array.isArray(prefer) ? prefer.join(',') : prefer);
    const state = await settle(context, customerId, Math.min(waitMs, longestWaitMs));
    switch (state.kind) {
      case 'erased':
        return { status: 204 };
      case 'aborted':
        throw overtaken(state.closed);
      case 'waiting':
        return { status: 202, headers: { Location: '/v1/customers/me' }, body: { status: 'closing' } };
    }
  },
});

/** Advances the erasure until it is decided or the time is up; a job goes on with it then. */
async function settle(parts: ErasureParts, customerId: string, waitMs: number): Promise<ErasureState> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const state = await advanceErasure(parts, customerId);
    if (state.kind !== 'waiting' || performance.now() >= deadline) return state;
    await sleep(pollMs);
  }
}

function notEmpty(what: 'wallets' | 'transactions'): Problem {
  const detail =
    what === 'wallets'
      ? 'A wallet holds money or has a hold; only an account with empty wallets can be deleted.'
      : 'A transaction of this account is still pending; try again when it is done.';
  return new Problem(409, 'wallets-not-empty', `${detail} Nothing was changed.`);
}

/** The read model said that all was empty, and the ledger knew better: money came in while the wallets were being closed. */
function overtaken(closed: readonly string[] | undefined): Problem {
  const outcome =
    closed === undefined
      ? 'Wallets that were empty may have been closed for good.'
      : closed.length === 0
        ? 'Nothing was changed.'
        : `These wallets were empty and have been closed for good: ${closed.join(', ')}.`;
  const detail = `Money has come in meanwhile, so the account was not deleted. ${outcome}`;
  return new Problem(409, 'wallets-not-empty', detail);
}
