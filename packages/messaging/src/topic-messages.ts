import type { TopicMessages } from './kafka.js';

export interface AddressedMessage {
  readonly topic: string;
  readonly message: TopicMessages['messages'][number];
}

/** Brokers take 1 MiB for the records of one partition in one request (`message.max.bytes`). */
export const maxRequestBytes = 900_000;
/** Lengths, timestamp and offset of a record, at most. */
const recordOverheadBytes = 40;

/** Cuts a batch, in order, into parts of which each fits into one request even if all of it is for one partition. */
export function inRequests(addressed: readonly AddressedMessage[]): AddressedMessage[][] {
  const requests: AddressedMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of addressed) {
    const size = sizeOf(one);
    if (bytes + size > maxRequestBytes) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)!.push(one);
    bytes += size;
  }
  return requests;
}

function sizeOf({ message: { key, value, headers } }: AddressedMessage): number {
  let bytes = recordOverheadBytes + Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '');
  for (const [name, header] of Object.entries(headers ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(String(header)) + 4;
  }
  return bytes;
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
