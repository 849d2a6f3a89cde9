import { ApiKeyExpired, ApiKeyExpiring } from '@florin/contracts';
import type { Messaging, UnitOfWork } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import {
  type ExpiringApiKey,
  takeExpiredApiKeys,
  takeExpiringApiKeys,
} from '../db/take-expiring-api-keys.js';
import { noOrigin, type SecurityEvent } from '../domain/security-event.js';
import type { SecurityLog } from '../security/security-log.js';

const batchSize = 500;
const actor = 'service:edge';

export interface AnnouncementTools {
  readonly messaging: Messaging;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  readonly warningDays: readonly number[];
}

/** Tells of keys that expire soon and of those that have, each once, however many edges do so. */
export function announceExpiringApiKeysJob(
  tools: AnnouncementTools & { readonly intervalMs: number; readonly logger: Logger },
): Job {
  const options = { name: 'announce-expiring-api-keys', logger: tools.logger };
  return every(
    tools.intervalMs,
    async (signal) => {
      await announceExpiringApiKeys(tools, signal);
    },
    options,
  );
}

/** @returns how many messages were sent */
export async function announceExpiringApiKeys(
  tools: AnnouncementTools,
  signal?: AbortSignal,
): Promise<number> {
  const { messaging, clock, warningDays } = tools;
  const now = () => new Date(clock.now());
  const expire = (size: number) => messaging.transaction((unit) => announceExpired(unit, tools, now(), size));
  let sent = await inBatches(batchSize, expire, signal);
  // From few days to many: a key that is found late gets the warning that fits, and none of those before it.
  for (const days of [...warningDays].sort((a, b) => a - b)) {
    const warnAll = (limit: number) =>
      messaging.transaction((unit) => warn(unit, tools, { days, now: now(), limit }));
    sent += await inBatches(batchSize, warnAll, signal);
  }
  return sent;
}

async function warn(
  unit: UnitOfWork,
  tools: AnnouncementTools,
  page: Parameters<typeof takeExpiringApiKeys>[1],
): Promise<number> {
  const { days, now } = page;
  const keys = await takeExpiringApiKeys(unit.tx, page);
  for (const { id, name, prefix, expiresAt, version } of keys) {
    const body = { apiKeyId: id, name, prefix, expiresAt: expiresAt.getTime(), daysLeft: days };
    unit.send(ApiKeyExpiring, id, body, { actor, aggregateVersion: version });
  }
  await tools.securityLog.record(
    unit.tx,
    ...keys.map((key) => eventOf('api-key.expiring', key, now, { daysLeft: days })),
  );
  return keys.length;
}

async function announceExpired(
  unit: UnitOfWork,
  tools: AnnouncementTools,
  now: Date,
  limit: number,
): Promise<number> {
  const keys = await takeExpiredApiKeys(unit.tx, { now, limit });
  for (const { id, name, prefix, expiresAt, version } of keys) {
    const body = { apiKeyId: id, name, prefix, expiresAt: expiresAt.getTime() };
    unit.send(ApiKeyExpired, id, body, { actor, aggregateVersion: version });
  }
  await tools.securityLog.record(unit.tx, ...keys.map((key) => eventOf('api-key.expired', key, now, {})));
  return keys.length;
}

function eventOf(
  event: 'api-key.expiring' | 'api-key.expired',
  key: ExpiringApiKey,
  occurredAt: Date,
  detail: Readonly<Record<string, unknown>>,
): SecurityEvent {
  return {
    ...{ event, actor, occurredAt },
    outcome: 'succeeded',
    subject: key.id,
    detail: { prefix: key.prefix, expiresAt: key.expiresAt.toISOString(), ...detail },
    origin: noOrigin,
  };
}
