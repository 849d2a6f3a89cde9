import { randomUUID } from 'node:crypto';
import { allMessages, type ConsumerGroup, type MessageDefinition } from '@florin/contracts';
import { MessagingAdmin } from './admin.js';
import { createAnnouncer } from './announcer.js';
import { BatchExecutor } from './batch-executor.js';
import { CarefulDelivery } from './careful-delivery.js';
import { Codec } from './codec.js';
import { DeadLetterReader, deadLetterTopics } from './dead-letter.js';
import { DeadLetterLimit } from './dead-letter-limit.js';
import { ExternalCalls } from './external-calls.js';
import { FailureRouter } from './failure-router.js';
import { hotPathFetch, retryFetch } from './fetch-options.js';
import { GroupConsumer } from './group-consumer.js';
import { History } from './history.js';
import { InboxRetention, inboxRetentionMs } from './inbox-retention.js';
import { createKafka, type KafkaClient } from './kafka.js';
import { createUnitFactory } from './message-unit.js';
import type { ConsumerOptions, DeadLetterConsumerOptions, Messaging, MessagingOptions } from './messaging.js';
import { createMessagingMetrics } from './metrics.js';
import { OrderGates } from './order-gates.js';
import { OrderedProducer } from './ordered-producer.js';
import { OutboxRelay } from './outbox-relay.js';
import { readOutboxState } from './outbox-state.js';
import { ParkedReleaser } from './parked-releaser.js';
import { sendDiscards, sendReplays } from './replay.js';
import { firstRetryDelay, retryPolicyOf } from './retry-policy.js';
import { SliceProcessor } from './slice-processor.js';
import { checkTopics } from './start-checks.js';
import { allEnded, runStopSteps } from './stop-steps.js';
import { ensureTopics, retryTopicsOf, topicsOf } from './topics.js';

const defaultDeadLettersPerMinute = 600;

/** What reaches over the network besides the database, and how much shares a transaction: a simulated world is small. */
export interface MessagingConnections {
  readonly kafka: KafkaClient;
  readonly codec: Codec;
  /** Messages of a transaction at most; 500 when absent. */
  readonly maxBatch?: number;
}

function connectionsOf({
  service,
  kafka,
  schemaRegistryUrl,
  logger,
}: MessagingOptions): MessagingConnections {
  return {
    kafka: createKafka({ clientId: `florin-${service}`, brokers: kafka.brokers, logger }),
    codec: new Codec(schemaRegistryUrl, allMessages as readonly MessageDefinition[]),
  };
}

/** Wires the messaging core of one service. Nothing connects before `start`. */
export function createMessaging(
  options: MessagingOptions,
  { kafka, codec, maxBatch }: MessagingConnections = connectionsOf(options),
): Messaging {
  const { kafka: settings, database, clock, logger, service } = options;
  const prefix = settings.topicPrefix;
  const metrics = createMessagingMetrics(options.metrics, database.pool);
  const relayProducer = new OrderedProducer(kafka);
  const failureProducer = new OrderedProducer(kafka);
  const relay = new OutboxRelay(database.pool, relayProducer, logger, metrics);
  const rememberedMs = inboxRetentionMs(options.inboxRetention);
  const inboxRetention = new InboxRetention(database.pool, rememberedMs, logger);
  const units = createUnitFactory({
    database,
    codec,
    clock,
    topicPrefix: prefix,
    actor: `service:${service}`,
    onCommitted: (rows, ids) => relay.committed(rows, ids),
    onSecondRun: () => metrics.secondRuns.inc(),
  });
  const announce = createAnnouncer({ producer: failureProducer, codec, clock, topicPrefix: prefix, service });
  const kafkaAdmin = kafka.admin();
  const admin = new MessagingAdmin(kafkaAdmin, prefix);
  const consumers: GroupConsumer[] = [];
  const groups: ConsumerGroup[] = [];
  let readsDeadLetters = false;
  const executors: BatchExecutor[] = [];
  const releasers: ParkedReleaser[] = [];
  const carefulDeliveries: CarefulDelivery[] = [];
  const deadLetterLimits: DeadLetterLimit[] = [];
  const shared = { kafka, clock, logger, metrics };
  let started = false;

  function consume(consumer: ConsumerOptions): void {
    const { group, handlers, deadLettersPerMinute, timeouts, restMs, unhurriedRestMs } = consumer;
    groups.push(group);
    const owner = randomUUID();
    const gates = new OrderGates(
      group.name,
      orderedTopics(consumer, prefix),
      database.pool,
      units,
      owner,
      logger,
    );
    const careful = new CarefulDelivery(group.name, database.pool, logger);
    const deadLetters = new DeadLetterLimit(clock, deadLettersPerMinute ?? defaultDeadLettersPerMinute);
    carefulDeliveries.push(careful);
    deadLetterLimits.push(deadLetters);
    const executor = new BatchExecutor(group.name, units, logger, metrics, gates, maxBatch);
    const router = new FailureRouter(
      group.name,
      retryPolicyOf(group, settings),
      failureProducer,
      units,
      clock,
      logger,
      metrics,
    );
    const processor = new SliceProcessor(
      group.name,
      handlers.map((handler) => ({ ...handler, timeouts: { ...timeouts, ...handler.timeouts } })),
      codec,
      new ExternalCalls(group.name, database.pool, gates),
      executor,
      router,
      careful,
      deadLetters,
      logger,
      metrics,
      gates,
    );
    executors.push(executor);
    releasers.push(new ParkedReleaser(group.name, owner, database.pool, gates, processor, logger));
    // Retry topics have a group of their own: the hot path does not fetch from dozens of idle partitions.
    const retryTopics = retryTopicsOf(group, settings).map((topic) => prefix + topic);
    consumers.push(
      new GroupConsumer({
        ...shared,
        groupId: prefix + group.name,
        topics: group.topics.map((topic) => prefix + topic),
        fetch: hotPathFetch,
        restMs,
        unhurriedRestMs,
        processor,
        onAssigned: () => careful.assess(),
      }),
      new GroupConsumer({
        ...shared,
        groupId: `${prefix}${group.name}.retry`,
        topics: retryTopics,
        fetch: retryFetch,
        processor,
        onAssigned: () => careful.assess(),
      }),
    );
  }

  function consumeDeadLetters({ groupName, apply }: DeadLetterConsumerOptions): void {
    readsDeadLetters = true;
    consumers.push(
      new GroupConsumer({
        ...shared,
        groupId: prefix + groupName,
        topics: deadLetterTopics.map(({ topic }) => prefix + topic),
        fetch: retryFetch,
        processor: new DeadLetterReader(prefix, codec, units, apply),
      }),
    );
  }

  const firstDelayOf = (groupName: string): string => firstRetryDelay(groupName, groups, settings);

  async function prepareTopics(): Promise<void> {
    const names = topicsOf(settings, groups, readsDeadLetters);
    const topics = await ensureTopics(kafkaAdmin, settings, names);
    const wanted = { topics, groups, kafka: settings, inboxRetentionMs: rememberedMs };
    await checkTopics(kafkaAdmin, wanted, logger);
  }

  return {
    admin,
    transaction: (work, unitOptions) => units.run(work, unitOptions),
    consume,
    consumeDeadLetters,
    encode: (messageName, value) => codec.encodeChecked(messageName, value),
    announce,
    history: (wanted) => new History({ kafka, admin: kafkaAdmin, codec, topicPrefix: prefix }, wanted),
    outbox: () => readOutboxState(database.pool, relay.leases),
    replay: (items) => sendReplays(failureProducer, firstDelayOf, clock.now(), items),
    discard: (letters) => sendDiscards(failureProducer, firstDelayOf, clock.now(), letters),

    async start() {
      await kafkaAdmin.connect();
      await kafka.checkVersions();
      await Promise.all([
        prepareTopics(),
        codec.connect(),
        relayProducer.connect(),
        failureProducer.connect(),
      ]);
      relay.start();
      inboxRetention.start();
      started = true;
      await Promise.all(carefulDeliveries.map((careful) => careful.begin()));
      await Promise.all([...consumers, ...releasers].map((source) => source.start()));
    },

    async stop() {
      for (const executor of executors) executor.stop();
      const wasStarted = started;
      started = false;
      // Together less than the 25 s after which a service leaves anyway.
      await runStopSteps(
        [
          {
            name: 'leave the groups',
            limitMs: 11_000,
            run: () => allEnded([...consumers, ...releasers].map((source) => source.stop())),
          },
          {
            name: 'end the runs of the consumers',
            limitMs: 2_000,
            run: () => allEnded(wasStarted ? carefulDeliveries.map((careful) => careful.end()) : []),
          },
          { name: 'end the sweep of the inbox', limitMs: 1_000, run: () => inboxRetention.stop() },
          // The last batches may have sent messages: the relay goes after the consumers.
          {
            name: 'publish the outbox',
            limitMs: 5_000,
            run: async () => (wasStarted ? relay.stop() : undefined),
          },
          {
            name: 'close the connections to Kafka',
            limitMs: 2_000,
            run: () =>
              allEnded([relayProducer.disconnect(), failureProducer.disconnect(), kafkaAdmin.disconnect()]),
          },
        ],
        logger,
      );
    },

    isReady: () =>
      started &&
      relay.isHealthy() &&
      consumers.every((consumer) => consumer.isReady()) &&
      !deadLetterLimits.some((limit) => limit.isExhausted),
  };
}

/** Physical names of the topics in which messages wait for earlier ones of their key. */
function orderedTopics({ group, ordering = {} }: ConsumerOptions, prefix: string): ReadonlySet<string> {
  const unread = Object.keys(ordering).find((topic) => !group.topics.includes(topic));
  if (unread !== undefined)
    throw new RangeError(`group ${group.name} does not read ${unread}: nothing to order`);
  const ordered = group.topics.filter((topic) => ordering[topic] === 'key');
  return new Set(ordered.map((topic) => prefix + topic));
}
