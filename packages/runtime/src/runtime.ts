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
import type { BreakerObserver } from '@florin/resilience';
import { observeBreakers } from './breakers.js';
import type { CommonConfig } from './config.js';
import { withStateReports } from './state-reports.js';

/** What every service is wired from. Each service's `context.ts` extends it with its own parts. */
export interface Runtime {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly database: Database;
  readonly messaging: Messaging;
  /** For the breaker of each provider: it is then in the metrics, and in what `florin breakers` shows. */
  readonly observeBreaker: BreakerObserver;
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
      retryDeadline: config.RETRY_DEADLINE,
    },
    schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    inboxRetention: config.INBOX_RETENTION,
    database,
    clock,
    logger,
    metrics,
  });
  const breakers = observeBreakers(metrics);
  return {
    logger,
    metrics,
    clock,
    database,
    messaging: withStateReports(messaging, {
      service,
      version: config.SERVICE_VERSION,
      breakers: breakers.snapshots,
      clock,
      logger,
    }),
    observeBreaker: breakers.observe,
  };
}
