import type { Pool } from '@florin/database';
import { createMetrics, type Logger } from '@florin/observability';
import { BatchExecutor } from './batch-executor.js';
import type { SettlingUnit, UnitFactory } from './message-unit.js';
import type { Messaging } from './messaging.js';
import { createMessagingMetrics } from './metrics.js';
import { OrderGates } from './order-gates.js';

/** The executor of a consumer group without its consumer: whoever has it makes the deliveries by himself. */
export function createTestExecutor({
  group,
  messaging,
  pool,
  logger,
  orderedTopics = [],
}: {
  group: string;
  messaging: Pick<Messaging, 'transaction'>;
  pool: Pool;
  logger: Logger;
  orderedTopics?: readonly string[];
}): BatchExecutor {
  const units: UnitFactory = {
    run: (work, options) => messaging.transaction((unit) => work(unit as SettlingUnit), options),
  };
  const gates = new OrderGates(group, new Set(orderedTopics), pool, units, 'test', logger);
  return new BatchExecutor(group, units, logger, createMessagingMetrics(createMetrics(group), pool), gates);
}
