import type { KafkaClient, Producer, TopicMessages } from './kafka.js';

/**
 * A producer that survives its own errors. After a failed send kafkajs does not know which sequence numbers the
 * broker has seen, so the only safe way on is a new producer and the same batch again; the inbox of the consumers
 * drops what arrived twice.
 */
export class OrderedProducer {
  private current: Producer | undefined;

  constructor(private readonly kafka: KafkaClient) {}

  async connect(): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    this.current = producer;
  }

  /** Resolves when every record is acknowledged by all in-sync replicas. */
  async send(topicMessages: TopicMessages[]): Promise<void> {
    if (!this.current) await this.connect();
    const producer = this.current!;
    try {
      await producer.sendBatch({ acks: -1, topicMessages });
    } catch (error) {
      if (this.current === producer) this.current = undefined;
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    await this.current?.disconnect();
    this.current = undefined;
  }
}
