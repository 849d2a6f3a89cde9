import { ApiKeyExpired, ApiKeyExpiring } from '@florin/contracts';
import type { Messaging, UnitOfWork } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
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
    async () => {
      await announceExpiringApiKeys(tools);
    },
    options,
  );
}

/** @returns how many messages were sent */
export async function announceExpiringApiKeys(tools: AnnouncementTools): Promise<number> {
  const { messaging, clock, warningDays } = tools;
  let sent = 0;
  for (let batch = batchSize; batch === batchSize; sent += batch) {
    batch = await messaging.transaction((unit) => announceExpired(unit, tools, new Date(clock.now())));
  }
  // From few days to many: a key that is found late gets the warning that fits, and none of those before it.
  for (const days of [...warningDays].sort((a, b) => a - b)) {
    for (let batch = batchSize; batch === batchSize; sent += batch) {
      batch = await messaging.transaction((unit) => warn(unit, tools, days, new Date(clock.now())));
    }
  }
  return sent;
}

async function warn(unit: UnitOfWork, tools: AnnouncementTools, days: number, now: Date): Promise<number> {
  const keys = await takeExpiringApiKeys(unit.tx, { days, now, limit: batchSize });
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

async function announceExpired(unit: UnitOfWork, tools: AnnouncementTools, now: Date): Promise<number> {
  const keys = await takeExpiredApiKeys(unit.tx, { now, limit: batchSize });
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
