import { ApiKeyRotated, createApiKey as createSecret } from '@florin/contracts';
import { type ApiKeyCaller, actorOf, notFound, Problem } from '@florin/http';
import { type LockedApiKey, lockApiKeys } from '../db/lock-api-keys.js';
import { rotateApiKey as storeRotation } from '../db/rotate-api-key.js';
import { dueWarning } from '../domain/api-key-expiry.js';
import { grantorOf, refuseExcessiveGrant, refusePast } from './refusals.js';
import type { ApiKeyView, KeyTools, MadeKey, SecretRequest } from './tools.js';

export interface RotationWish {
  readonly id: string;
  /** How long the secret before this one goes on working. */
  readonly overlapMs: number;
  /** Left out, the expiry stays what it is. */
  readonly expiresAt?: number | null | undefined;
}

/**
 * Gives a key a new secret. Its id, scopes and history stay, so that a rotation neither breaks a client that repeats a call
 * nor makes a second operator of the first. Who gets the new secret can do what the key can: the calling key must be able to
 * do all of that itself.
 * @throws Problem 400, 401 when the calling key has ended meanwhile, 403 when it may do less than the key, 404, 409
 *   `api-key-not-active`, or `rotation-in-progress` while the overlap of the last one runs
 */
export async function rotateApiKey(
  tools: KeyTools,
  caller: ApiKeyCaller,
  wish: RotationWish,
  request: SecretRequest,
): Promise<MadeKey> {
  const { messaging, securityLog, clock, config } = tools;
  const now = clock.now();
  const { key, prefix, hash } = createSecret();
  const actor = actorOf(caller);
  return messaging.transaction(async (unit) => {
    const locked = await lockApiKeys(unit.tx, [caller.keyId, wish.id]);
    const grantor = grantorOf(caller, locked, now);
    const old = locked.get(wish.id);
    if (!old) throw notFound('API key');
    const expiresAt = wish.expiresAt === undefined ? old.expiresAt : wish.expiresAt;
    refuseUnfit(old, wish, now);
    if (wish.expiresAt !== undefined) refusePast(wish.expiresAt, now);
    refuseExcessiveGrant(grantor, { scopes: old.scopes, expiresAt });
    const overlapEndsAt = wish.overlapMs > 0 ? new Date(now + wish.overlapMs) : null;
    const warnedDays =
      expiresAt === null ? undefined : dueWarning(expiresAt, now, config.API_KEY_EXPIRY_WARNING_DAYS);
    await storeRotation(unit.tx, {
      ...{ id: old.id, prefix, keyHash: hash, overlapEndsAt },
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      warnedDays: warnedDays ?? null,
    });
    const overlap = { previousPrefix: old.prefix, previousExpiresAt: overlapEndsAt?.getTime() ?? now };
    await securityLog.record(unit.tx, {
      event: 'api-key.rotated',
      outcome: 'succeeded',
      actor,
      subject: old.id,
      detail: { prefix, ...overlap, expiresAt },
      origin: request.origin,
      occurredAt: new Date(now),
    });
    const body = { apiKeyId: old.id, name: old.name, prefix, ...overlap, expiresAt };
    const options = { actor, aggregateVersion: old.version + 1, traceparent: request.traceparent };
    unit.send(ApiKeyRotated, old.id, body, options);
    const made = { row: viewOf(old, { prefix, expiresAt, overlapEndsAt }), key };
    request.onMade(unit.tx, made);
    return made;
  });
}

function viewOf(
  old: LockedApiKey,
  next: { prefix: string; expiresAt: number | null; overlapEndsAt: Date | null },
): ApiKeyView {
  const { id, name, scopes, createdAt, createdBy, lastUsedAt } = old;
  const { prefix, expiresAt, overlapEndsAt } = next;
  return {
    ...{ id, name, prefix, scopes: [...scopes], createdAt, createdBy, lastUsedAt, revokedAt: null },
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    previousPrefix: overlapEndsAt === null ? null : old.prefix,
    previousExpiresAt: overlapEndsAt,
  };
}

/**
 * One overlap at a time: a second rotation would end the first secret before its time, or hand out a third. Without an
 * overlap it is an emergency, and everything from before ends at once.
 */
function refuseUnfit(key: LockedApiKey, { overlapMs }: RotationWish, now: number): void {
  if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) {
    const state = key.revokedAt === null ? 'expired' : 'revoked';
    throw new Problem(409, 'api-key-not-active', `The API key is ${state}; create another one.`);
  }
  if (overlapMs > 0 && key.previousExpiresAt !== null && key.previousExpiresAt > now) {
    const until = new Date(key.previousExpiresAt).toISOString();
    throw new Problem(
      409,
      'rotation-in-progress',
      `The secret before the last rotation works until ${until}.`,
    );
  }
}
