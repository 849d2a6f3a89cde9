import type { Logger } from '@florin/observability';
import {
  type Admin,
  type Consumer,
  type ICustomPartitioner,
  Kafka,
  type LogEntry,
  logLevel,
  Partitioners,
  type Producer,
} from 'kafkajs';
import { checkBrokerVersions, UnsupportedBrokerError } from './broker-versions.js';
import type { FetchOptions } from './fetch-options.js';
import { mendRequestQueue } from './kafkajs-request-queue.js';
import { partitionOf } from './partitioner.js';

export type {
  Admin,
  Consumer,
  EachBatchPayload,
  IHeaders,
  ITopicMetadata,
  KafkaMessage,
  Producer,
  TopicMessages,
} from 'kafkajs';

/**
 * kafkajs reports these at warning or error level although it retries them by itself (a fresh broker causes dozens),
 * or although they are meant: bounded retries with a new producer after them, services that create topics side by side.
 */
const transient =
  /coordinator|leader|rebalanc|not aware of this member|Closed connection|Connection (error|timeout)|ECONNREFUSED|does not host this topic|disconnected|Limiting retries|Topic creation errors/i;

export interface KafkaClient {
  /**
   * Checks that the brokers can be talked to at all.
   * @throws UnsupportedBrokerError
   */
  checkVersions(): Promise<void>;
  admin(): Admin;
  /** Idempotent and strictly ordered: one request in flight, acknowledged by all in-sync replicas. */
  producer(): Producer;
  consumer(groupId: string, fetch: FetchOptions): Consumer;
  /** Events of a consumer that the messaging core listens to. */
  readonly consumerEvents: Consumer['events'];
}

/** A producer gives up early: the relay and the consumers try again by themselves, with a new one. */
const producerRetries = 5;
const retry = { initialRetryTime: 100, maxRetryTime: 5_000, retries: 10 };

/** The one place that knows kafkajs. */
export function createKafka(options: {
  clientId: string;
  brokers: readonly string[];
  logger: Logger;
}): KafkaClient {
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  mendRequestQueue();
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logThroughPino(options.logger, entry),
  });
  return {
    checkVersions: () => checkVersions(options.brokers, options.logger),
    admin: () => kafka.admin(),
    producer: () =>
      kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner,
        retry: { ...retry, retries: producerRetries },
      }),
    consumer: (groupId, { maxWaitMs }) =>
      kafka.consumer({
        groupId,
        sessionTimeout: 10_000,
        rebalanceTimeout: 30_000,
        heartbeatInterval: 1_000,
        maxWaitTimeInMs: maxWaitMs,
        minBytes: 1,
        maxBytesPerPartition: 1_048_576,
        allowAutoTopicCreation: false,
        // kafkajs would restart some crashed consumers by itself, even ones that are being stopped.
        retry: { ...retry, restartOnFailure: async () => false },
      }),
    consumerEvents: kafka.consumer({ groupId: 'unused' }).events,
  };
}

/** As kafkajs does it by itself, only faster for messages with a key. */
const createPartitioner: ICustomPartitioner = () => {
  const byDefault = Partitioners.DefaultPartitioner();
  return (message) => {
    const { key, partition } = message.message;
    if (partition != null || key == null) return byDefault(message);
    return partitionOf(key, message.partitionMetadata.length);
  };
};

/** One broker speaks for all: clusters of mixed versions exist only while they are upgraded. */
async function checkVersions(brokers: readonly string[], logger: Logger): Promise<void> {
  for (const broker of brokers) {
    try {
      await checkBrokerVersions(broker);
      return;
    } catch (error) {
      if (error instanceof UnsupportedBrokerError) throw error;
      logger.warn({ err: error, broker }, 'the versions that a broker speaks could not be asked for');
    }
  }
}

function logThroughPino(logger: Logger, entry: LogEntry): void {
  const { message, error, timestamp: _timestamp, logger: _name, ...context } = entry.log;
  const text = `${message} ${error ?? ''}`;
  const level = transient.test(text) ? logLevel.DEBUG : entry.level;
  const fields = { kafka: entry.namespace, ...context, error };
  if (level === logLevel.ERROR) logger.error(fields, message);
  else if (level === logLevel.WARN) logger.warn(fields, message);
  else logger.debug(fields, message);
}

const awayErrors = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSMetadataNotLoaded',
]);

/** True when no broker could be asked, as opposed to a broker that said no. */
export function isBrokerAway(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (awayErrors.has(e.name)) return true;
  return false;
}
