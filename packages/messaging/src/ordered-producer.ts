import type { KafkaClient, Producer } from './kafka.js';
import { type AddressedMessage, inRequests, toTopicMessages } from './topic-messages.js';

/**
 * A producer that survives its own errors. After a failed send kafkajs does not know which sequence numbers the
 * broker has seen, so the only safe way on is a new producer and the same batch again; the inbox of the consumers
 * drops what arrived twice.
 */
export class OrderedProducer {
  /** A promise, because several groups share a producer and must not each connect one after a failure. */
  private current: Promise<Producer> | undefined;

  constructor(private readonly kafka: KafkaClient) {}

  async connect(): Promise<void> {
    await this.connected();
  }

  /** Resolves when every record is acknowledged by all in-sync replicas. */
  async send(messages: readonly AddressedMessage[]): Promise<void> {
    for (const request of inRequests(messages)) {
      const connecting = this.connected();
      const producer = await connecting;
      try {
        await producer.sendBatch({ acks: -1, topicMessages: toTopicMessages(request) });
      } catch (error) {
        if (this.current === connecting) this.current = undefined;
        await producer.disconnect().catch(() => undefined);
        throw error;
      }
    }
  }

  async disconnect(): Promise<void> {
    const connecting = this.current;
    this.current = undefined;
    const producer = await connecting?.catch(() => undefined);
    await producer?.disconnect();
  }

  private connected(): Promise<Producer> {
    if (this.current) return this.current;
    const connecting = this.open();
    this.current = connecting;
    connecting.catch(() => {
      if (this.current === connecting) this.current = undefined;
    });
    return connecting;
  }

  private async open(): Promise<Producer> {
    const producer = this.kafka.producer();
    await producer.connect();
    return producer;
  }
}
