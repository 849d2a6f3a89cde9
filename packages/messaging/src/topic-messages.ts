import type { TopicMessages } from './kafka.js';

export interface AddressedMessage {
  readonly topic: string;
  readonly message: TopicMessages['messages'][number];
}

/** The shape of a batch that kafkajs sends in one request per broker; order within a topic is kept. */
export function toTopicMessages(addressed: readonly AddressedMessage[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const { topic, message } of addressed) {
    let entry = byTopic.get(topic);
    if (!entry) {
      entry = { topic, messages: [] };
      byTopic.set(topic, entry);
    }
    entry.messages.push(message);
  }
  return [...byTopic.values()];
}
