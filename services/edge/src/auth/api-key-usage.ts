import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@florin/database';
import { type ApiKeyCaller, type Authenticate, NotAdmitted } from '@florin/http';
import { type Clock, Counter, type Logger, type Registry } from '@florin/observability';
import { every } from '@florin/runtime';
import { addApiKeyUsage, type KeyUse } from '../db/add-api-key-usage.js';

const flushIntervalMs = 2_000;
const stopTimeoutMs = 2_000;

/** Counts the calls of API keys in memory and writes the counts every two seconds: no call waits for it. */
export interface ApiKeyUsage {
  count(caller: ApiKeyCaller, isRefused: boolean): void;
  start(): void;
  stop(): Promise<void>;
}

export function createApiKeyUsage(options: {
  database: Database;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
}): ApiKeyUsage {
  const { database, clock, logger, metrics } = options;
  let uses = new Map<string, KeyUse>();
  // Not by key: a label for each of them would grow without end. Who wants that reads the table.
  const counted = new Counter({
    name: 'florin_api_key_requests_total',
    help: 'Calls with a valid API key, by whether the key may make the call',
    labelNames: ['outcome'],
    registers: [metrics],
  });

  function add(use: KeyUse): void {
    const id = `${use.keyId} ${use.day}`;
    const before = uses.get(id);
    const lastUsedAt = before && before.lastUsedAt > use.lastUsedAt ? before.lastUsedAt : use.lastUsedAt;
    uses.set(id, {
      ...use,
      requests: use.requests + (before?.requests ?? 0),
      refused: use.refused + (before?.refused ?? 0),
      lastUsedAt,
    });
  }

  async function flush(): Promise<void> {
    const batch = [...uses.values()];
    if (batch.length === 0) return;
    uses = new Map();
    try {
      await database.transaction((tx) => addApiKeyUsage(tx, batch));
    } catch (error) {
      // Counted again with what has come meanwhile; there are never more entries than keys.
      for (const use of batch) add(use);
      throw error;
    }
  }
  const job = every(flushIntervalMs, flush, { name: 'write-api-key-usage', logger });

  return {
    count({ keyId }, isRefused) {
      const lastUsedAt = new Date(clock.now());
      const day = lastUsedAt.toISOString().slice(0, 10);
      add({ keyId, day, requests: 1, refused: isRefused ? 1 : 0, lastUsedAt });
      counted.inc({ outcome: isRefused ? 'refused' : 'admitted' });
    },
    start: () => job.start(),
    async stop() {
      const last = job.stop().then(flush);
      // A database that froze must not keep the process from ending.
      await Promise.race([last, delay(stopTimeoutMs, undefined, { ref: false })]).catch((error: Error) => {
        logger.warn({ err: error }, 'the last use of API keys could not be counted');
      });
    },
  };
}

/** Counts whom `authenticate` knows by an API key, admitted or not. */
export function countApiKeyUse(authenticate: Authenticate, usage: ApiKeyUsage): Authenticate {
  return async (authorization, access, request) => {
    try {
      const caller = await authenticate(authorization, access, request);
      if (caller.kind === 'api-key') usage.count(caller, false);
      return caller;
    } catch (error) {
      if (error instanceof NotAdmitted && error.caller.kind === 'api-key') usage.count(error.caller, true);
      throw error;
    }
  };
}
