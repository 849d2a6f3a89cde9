import { ApiKeyRevoked } from '@florin/contracts';
import { type ApiKeyCaller, actorOf, notFound } from '@florin/http';
import { lockApiKeys } from '../db/lock-api-keys.js';
import { revokeApiKey as storeRevocation } from '../db/revoke-api-key.js';
import { grantorOf, refuseForeignScopes } from './refusals.js';
import type { KeyRequest, KeyTools } from './tools.js';

/**
 * Ends a key for good; revoking it again changes nothing. A key may revoke itself, and others that may do no more than it:
 * a partner's key must not be able to lock out the back office.
 * @throws Problem 401 when the calling key has ended meanwhile, 403, 404
 */
export async function revokeApiKey(
  tools: KeyTools,
  caller: ApiKeyCaller,
  id: string,
  request: KeyRequest,
): Promise<void> {
  const { messaging, securityLog, clock } = tools;
  const now = clock.now();
  const actor = actorOf(caller);
  await messaging.transaction(async (unit) => {
    const locked = await lockApiKeys(unit.tx, [caller.keyId, id]);
    const grantor = grantorOf(caller, locked, now);
    const key = locked.get(id);
    if (!key) throw notFound('API key');
    refuseForeignScopes(grantor, key.scopes);
    if (key.revokedAt !== null) return;
    const revokedAt = new Date(now);
    await storeRevocation(unit.tx, { id, revokedBy: actor, revokedAt });
    await securityLog.record(unit.tx, {
      event: 'api-key.revoked',
      outcome: 'succeeded',
      actor,
      subject: id,
      detail: { prefix: key.prefix },
      origin: request.origin,
      occurredAt: revokedAt,
    });
    const options = { actor, aggregateVersion: key.version + 1, traceparent: request.traceparent };
    unit.send(ApiKeyRevoked, id, { apiKeyId: id, name: key.name, prefix: key.prefix }, options);
  });
}
