import { ApiKeyCreated } from '@florin/contracts';
import type { Logger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { insertInitialApiKey } from '../db/insert-initial-api-key.js';
import { noOrigin } from '../domain/security-event.js';
import type { KeyTools } from './tools.js';

/**
 * The first key of an installation, from the hash that its operator has put into the environment: the key itself never
 * leaves the operator's terminal. A hash makes one key for ever: restarts do not bring it back when it was revoked, nor
 * its old secret when it was rotated. Another hash makes another key, for whoever has lost them all.
 * @param hash SHA-256 in hexadecimal, as `florin api-keys bootstrap` prints it
 */
export async function ensureInitialApiKey(tools: KeyTools, hash: string, logger: Logger): Promise<void> {
  const { messaging, securityLog, clock } = tools;
  const id = uuidv7();
  const createdAt = new Date(clock.now());
  const actor = 'service:edge';
  const created = await messaging.transaction(async (unit) => {
    if (!(await insertInitialApiKey(unit.tx, { id, keyHash: Buffer.from(hash, 'hex'), createdAt })))
      return false;
    await securityLog.record(unit.tx, {
      event: 'api-key.bootstrapped',
      outcome: 'succeeded',
      actor,
      subject: id,
      origin: noOrigin,
      occurredAt: createdAt,
    });
    const body = { name: 'Initial key', prefix: 'flk_initial', scopes: ['*'], expiresAt: null };
    unit.send(ApiKeyCreated, id, { apiKeyId: id, ...body }, { actor, aggregateVersion: 1 });
    return true;
  });
  if (created) logger.warn({ apiKeyId: id }, 'the initial API key was created, with every scope');
}
