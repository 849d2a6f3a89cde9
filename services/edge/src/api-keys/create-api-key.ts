import { ApiKeyCreated, createApiKey as createSecret } from '@florin/contracts';
import { type ApiKeyCaller, actorOf } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { insertApiKey } from '../db/insert-api-key.js';
import { lockApiKeys } from '../db/lock-api-keys.js';
import { dueWarning } from '../domain/api-key-expiry.js';
import { grantorOf, refuseExcessiveGrant, refusePast } from './refusals.js';
import type { KeyTools, MadeKey, SecretRequest } from './tools.js';

export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
}

/**
 * Makes a key that may do no more than the one that calls, and not for longer.
 * @throws Problem 400, 401 when the calling key has ended meanwhile, 403 when it would hand on what it lacks
 */
export async function createApiKey(
  tools: KeyTools,
  caller: ApiKeyCaller,
  wish: KeyWish,
  request: SecretRequest,
): Promise<MadeKey> {
  const { messaging, securityLog, clock, config } = tools;
  const now = clock.now();
  refusePast(wish.expiresAt, now);
  const scopes = [...new Set(wish.scopes)].sort();
  const { key, prefix, hash } = createSecret();
  const id = uuidv7();
  const actor = actorOf(caller);
  const createdAt = new Date(now);
  const expiresAt = wish.expiresAt === null ? null : new Date(wish.expiresAt);
  const row = {
    ...{ id, name: wish.name, prefix, scopes, createdAt, createdBy: actor, expiresAt },
    ...{ lastUsedAt: null, revokedAt: null, previousPrefix: null, previousExpiresAt: null },
  };
  await messaging.transaction(async (unit) => {
    const grantor = grantorOf(caller, await lockApiKeys(unit.tx, [caller.keyId]), now);
    refuseExcessiveGrant(grantor, { scopes, expiresAt: wish.expiresAt });
    // Warnings whose time had passed before there was a key to warn of are left out.
    const warnedDays =
      wish.expiresAt === null
        ? undefined
        : dueWarning(wish.expiresAt, now, config.API_KEY_EXPIRY_WARNING_DAYS);
    await insertApiKey(unit.tx, {
      ...{ id, prefix, scopes, createdAt, expiresAt },
      name: wish.name,
      keyHash: hash,
      createdBy: actor,
      warnedDays: warnedDays ?? null,
    });
    await securityLog.record(unit.tx, {
      event: 'api-key.created',
      outcome: 'succeeded',
      actor,
      subject: id,
      detail: { prefix, scopes, expiresAt: expiresAt?.toISOString() ?? null },
      origin: request.origin,
      occurredAt: createdAt,
    });
    const body = { apiKeyId: id, name: wish.name, prefix, scopes, expiresAt: wish.expiresAt };
    unit.send(ApiKeyCreated, id, body, { actor, aggregateVersion: 1, traceparent: request.traceparent });
    request.onMade(unit.tx, { row, key });
  });
  return { row, key };
}
