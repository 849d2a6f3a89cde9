import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** For Redis to be there at the start. */
const connectMs = 2_000;

/**
 * A connection of its own for what can do without Redis, and rather does than wait: commands fail after `answerMs`, and at
 * once while there is no connection. They would be too hasty for anything else.
 */
export function impatientRedis(redis: Redis, answerMs: number, onError: (error: Error) => void): Redis {
  const impatient = redis.duplicate({
    lazyConnect: true,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
  impatient.on('error', onError);
  return impatient;
}

/** Waits a moment for the connection; when it is not there then it goes on trying by itself. */
export async function connectSoon(redis: Redis): Promise<void> {
  const connected = redis.connect().catch(() => undefined);
  await Promise.race([connected, delay(connectMs, undefined, { ref: false })]);
}
