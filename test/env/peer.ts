import { randomUUID } from 'node:crypto';
import type { BodyOf, ConsumerGroup, Message, MessageDefinition } from '@florin/contracts';
import { createDatabase } from '@florin/database';
import { createMessaging, type DeadLetter, handle, type Received, type SendOptions } from '@florin/messaging';
import { type Clock, createLogger, createMetrics, systemClock } from '@florin/observability';
import { createTestDatabase } from './test-database.js';

export interface PeerOptions {
  readonly topicPrefix: string;
  readonly retryDelays: readonly string[];
  /** Of the messages that it sends; the system's when left out. */
  readonly clock?: Clock;
  /** What the peer listens to, and as which groups; it must not run a group of the service under test. */
  readonly listen?: readonly { group: ConsumerGroup; definitions: readonly MessageDefinition[] }[];
}

export interface PeerMessage {
  readonly definition: MessageDefinition;
  readonly key: string;
  readonly body: object;
}

/** The rest of the platform for the test of one service: it sends what others would send and hears what comes out. */
export interface Peer {
  /** Sends a message as another service would; returns its id. */
  send<T extends Message>(
    definition: MessageDefinition<T>,
    key: string,
    body: BodyOf<T>,
    options?: Pick<SendOptions, 'actor' | 'deadlineAt' | 'aggregateVersion'>,
  ): Promise<string>;
  /** Sends many messages in one transaction, in their order. */
  sendAll(messages: readonly PeerMessage[]): Promise<void>;
  /** Everything heard of one type, in order. */
  heard<T extends Message>(definition: MessageDefinition<T>): readonly Received<T>[];
  readonly deadLetters: readonly DeadLetter[];
  /** Sends a dead letter back to the group that failed. */
  replay(letter: DeadLetter): Promise<void>;
  close(): Promise<void>;
}

export async function createPeer(options: PeerOptions): Promise<Peer> {
  const test = await createTestDatabase('edge');
  const logger = createLogger({ service: 'peer', level: 'silent' });
  const database = createDatabase({ url: test.url, applicationName: 'peer', maxConnections: 4, logger });
  const messaging = createMessaging({
    service: 'peer',
    kafka: {
      brokers: process.env.KAFKA_BROKERS!.split(','),
      topicPrefix: options.topicPrefix,
      partitions: 2,
      replicationFactor: 1,
      retryDelays: options.retryDelays,
    },
    schemaRegistryUrl: process.env.SCHEMA_REGISTRY_URL!,
    database,
    clock: options.clock ?? systemClock,
    logger,
    metrics: createMetrics('peer'),
  });
  const heard: Received[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const { group, definitions } of options.listen ?? []) {
    const handlers = definitions.map((definition) =>
      handle(definition, async (unit, messages) => {
        unit.afterCommit(() => void heard.push(...messages));
      }),
    );
    messaging.consume({ group, handlers });
  }
  messaging.consumeDeadLetters({
    groupName: 'peer-dead-letters',
    apply: async (_unit, letters) => {
      deadLetters.push(...letters);
    },
  });
  await messaging.start();

  return {
    deadLetters,
    send: (definition, key, body, sendOptions) =>
      messaging.transaction(async (unit) => unit.send(definition, key, body, sendOptions)),
    sendAll: (messages) =>
      messaging.transaction(async (unit) => {
        for (const { definition, key, body } of messages) unit.send(definition, key, body as BodyOf<Message>);
      }),
    heard: <T extends Message>(definition: MessageDefinition<T>) =>
      heard.filter((message) => message.definition.name === definition.name) as unknown as Received<T>[],
    replay: (letter) =>
      messaging.replay([{ letter, replay: { replayId: randomUUID(), deadLetterId: randomUUID() } }]),
    async close() {
      await messaging.stop();
      await database.close();
      await test.drop();
    },
  };
}
