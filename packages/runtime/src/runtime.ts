import { createDatabase, type Database } from '@florin/database';
import { createMessaging, type Messaging } from '@florin/messaging';
import {
  type Clock,
  createLogger,
  createMetrics,
  type Logger,
  type Registry,
  systemClock,
} from '@florin/observability';
import type { CommonConfig } from './config.js';

/** What every service is wired from. Each service's `context.ts` extends it with its own parts. */
export interface Runtime {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly database: Database;
  readonly messaging: Messaging;
}

export interface RuntimeOptions {
  readonly service: string;
  readonly config: CommonConfig;
  readonly databaseUrl: string;
  /** Connections of the pool; the hot path needs few, because it batches. */
  readonly maxConnections?: number;
  readonly clock?: Clock;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { service, config } = options;
  const clock = options.clock ?? systemClock;
  const logger = createLogger({ service, level: config.LOG_LEVEL });
  const metrics = createMetrics(service);
  const database = createDatabase({
    url: options.databaseUrl,
    applicationName: `florin-${service}`,
    maxConnections: options.maxConnections ?? 10,
    logger,
  });
  const messaging = createMessaging({
    service,
    kafka: {
      brokers: config.KAFKA_BROKERS,
      topicPrefix: config.TOPIC_PREFIX,
      partitions: config.KAFKA_PARTITIONS,
      replicationFactor: config.KAFKA_REPLICATION_FACTOR,
      retryDelays: config.RETRY_DELAYS,
    },
    schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    database,
    clock,
    logger,
    metrics,
  });
  return { logger, metrics, clock, database, messaging };
}
