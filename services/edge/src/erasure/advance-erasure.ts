import { CustomerErased } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { customerRevocation } from '../auth/session-revocations.js';
import type { EdgeContext } from '../context.js';
import { abortErasure } from '../db/abort-erasure.js';
import { eraseCustomer } from '../db/erase-customer.js';
import { eraseSecurityEventOrigins } from '../db/erase-security-event-origins.js';
import { findLeavingWallets } from '../db/find-leaving-wallets.js';
import { lockErasure } from '../db/lock-erasure.js';
import { decideErasure } from '../domain/erasure.js';
import { noOrigin } from '../domain/security-event.js';
import { ownEvent } from '../security/event-of.js';
import { closeWallets } from './close-wallets.js';

/** Where the erasure of a customer stands. */
export type ErasureState =
  | { readonly kind: 'erased' | 'waiting' }
  /** Also when nobody asked for one. `closed` says which wallets this attempt has closed, if it ended in this step. */
  | { readonly kind: 'aborted'; readonly closed: readonly string[] | undefined };

interface Step {
  readonly state: ErasureState;
  /** Of the customer who was erased by this step. */
  readonly email?: string | undefined;
}

/** What of the edge an erasure touches. */
export type ErasureParts = Pick<
  EdgeContext,
  'messaging' | 'clock' | 'securityLog' | 'revocations' | 'loginGuard' | 'loginChallenges' | 'logger'
>;

/**
 * Takes the next step of an erasure: closes wallets, erases the customer, or gives up because a wallet is not empty.
 * Whoever comes by may call it, the request that waits and the job that finishes what a crash left: the row lock makes
 * them take turns, and each step commits with its messages.
 */
export async function advanceErasure(parts: ErasureParts, customerId: string): Promise<ErasureState> {
  const { state, email } = await parts.messaging.transaction(async (unit): Promise<Step> => {
    const known = await lockErasure(unit.tx, customerId);
    if (known === 'finished') return { state: { kind: 'erased' } };
    if (known === undefined) return { state: { kind: 'aborted', closed: undefined } };
    const decision = decideErasure(await findLeavingWallets(unit.tx, customerId));
    switch (decision.kind) {
      case 'abort':
        await abortErasure(unit.tx, customerId);
        return { state: { kind: 'aborted', closed: decision.closed } };
      case 'wait':
        await closeWallets(unit, customerId, decision.close, parts.clock.now());
        return { state: { kind: 'waiting' } };
      case 'erase':
        return { state: { kind: 'erased' }, email: await erase(parts, unit, customerId) };
    }
  });
  if (email !== undefined) await forget(parts, customerId, email);
  return state;
}

async function erase(
  { clock, securityLog }: ErasureParts,
  unit: UnitOfWork,
  customerId: string,
): Promise<string | undefined> {
  const erased = await eraseCustomer(unit.tx, customerId, clock.now());
  if (!erased) return undefined;
  const options = { actor: `customer:${customerId}`, aggregateVersion: erased.version };
  await eraseSecurityEventOrigins(unit.tx, customerId);
  await securityLog.record(unit.tx, {
    ...ownEvent(customerId, { event: 'customer.deleted', subject: customerId }),
    origin: noOrigin,
    occurredAt: new Date(clock.now()),
  });
  unit.send(CustomerErased, customerId, { customerId }, options);
  return erased.email;
}

/** What other places remember. The customer is gone all the same if this fails: all of it also ends by itself. */
async function forget(
  { revocations, loginGuard, loginChallenges, logger }: ErasureParts,
  customerId: string,
  email: string,
): Promise<void> {
  const forgotten = await Promise.allSettled([
    revocations.announce([customerRevocation(customerId)]),
    loginGuard.forget(email),
    loginChallenges.discard(customerId),
  ]);
  for (const outcome of forgotten) {
    if (outcome.status === 'rejected')
      logger.warn({ err: outcome.reason }, 'an erased customer is remembered');
  }
}
