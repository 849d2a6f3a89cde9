import { type Clock, newTraceparent } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import type { Codec } from './codec.js';
import type { Messaging } from './messaging.js';
import type { OrderedProducer } from './ordered-producer.js';

/** Sends observations straight to Kafka: they neither wait in the outbox nor make it look busy. */
export function createAnnouncer(options: {
  readonly producer: Pick<OrderedProducer, 'send'>;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly topicPrefix: string;
  readonly service: string;
}): Messaging['announce'] {
  const { producer, codec, clock, topicPrefix, service } = options;
  return async (definition, key, body) => {
    const messageId = uuidv7();
    const meta = {
      messageId,
      occurredAt: clock.now(),
      correlationId: messageId,
      causationId: null,
      actor: `service:${service}`,
      aggregateVersion: 0,
      deadlineAt: null,
    };
    const value = codec.encode(definition, { ...body, meta } as unknown as Parameters<
      typeof codec.encode
    >[1]);
    await producer.send([
      {
        topic: topicPrefix + definition.topic,
        message: { key, value, headers: { traceparent: newTraceparent() } },
      },
    ]);
  };
}
