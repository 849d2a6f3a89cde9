import { allMessages } from './generated/messages.js';
import { type MessageDefinition, shortName } from './message-definition.js';
import { producersOf } from './producers.js';
import { recordKeyOf } from './record-key.js';
import { type ConsumerGroup, consumerGroups, messageTopics } from './topology.js';

const groups: readonly ConsumerGroup[] = Object.values(consumerGroups);
const messages: readonly MessageDefinition[] = allMessages;
const bindingVersion = '0.5.0';

const description = `Topics of the Florin platform and the messages on them.

A value is an Avro record in the wire format of the Confluent schema registry: a zero byte, the schema id in four bytes
(big endian), the record. Its subject is \`<topic>-<full name of the record>\`. The envelope of a message is the field
\`meta\`. The key is the id of the aggregate that the message is about; the Kafka binding of each message says which that is.

Every consumer group has, for each of its topics, the retry topics \`<topic>.<group>.retry.<delay>\` and the dead-letter
topic \`<topic>.<group>.dlq\`, which carry the same records. An installation may put a prefix before all names.`;

interface Reference {
  readonly $ref: string;
}

interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: string;
  readonly correlationId: { readonly location: string };
  readonly headers: object;
  readonly payload: { readonly schemaFormat: string; readonly schema: object };
  readonly bindings: object;
}

interface AsyncApiOperation {
  readonly action: 'send' | 'receive';
  readonly title: string;
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly bindings?: object;
}

/** What Florin publishes of the AsyncAPI 3.0 specification. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly url: string };
  };
  readonly defaultContentType: string;
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, Reference>> }>
  >;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: { readonly messages: Readonly<Record<string, AsyncApiMessage>> };
}

/**
 * The AsyncAPI 3.0 document of the platform, from the same Avro schemas and the same wiring that the services run on:
 * a channel for each topic, an operation for each service that sends to a topic or receives from it.
 * @param options.version version of the platform
 */
export function asyncApiDocument(options: { readonly version: string }): AsyncApiDocument {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Florin',
      version: options.version,
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'avro/binary',
    channels: Object.fromEntries(messageTopics.map((topic) => [topic, channel(topic)])),
    operations: Object.fromEntries(messageTopics.flatMap((topic) => [...sends(topic), ...receives(topic)])),
    components: { messages: Object.fromEntries(messages.map((m) => [shortName(m), componentOf(m)])) },
  };
}

function channel(topic: string): AsyncApiDocument['channels'][string] {
  const onTopic = messagesOn(topic).map(shortName);
  return {
    address: topic,
    messages: Object.fromEntries(onTopic.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

function sends(topic: string): [string, AsyncApiOperation][] {
  const services = [...new Set(messagesOn(topic).flatMap(producersOf))];
  return services.map((service) => [
    `${service}.send.${topic}`,
    {
      action: 'send',
      title: `${service} sends to ${topic}`,
      channel: { $ref: `#/channels/${topic}` },
      messages: messagesOn(topic)
        .filter((message) => producersOf(message).includes(service))
        .map((message) => onChannel(topic, message)),
    },
  ]);
}

function receives(topic: string): [string, AsyncApiOperation][] {
  const readers = groups.filter((group) => group.topics.includes(topic));
  return readers.map((group) => [
    `${group.service}.receive.${topic}`,
    {
      action: 'receive',
      title: `${group.service} receives from ${topic}`,
      channel: { $ref: `#/channels/${topic}` },
      messages: messagesOn(topic).map((message) => onChannel(topic, message)),
      bindings: { kafka: { groupId: { type: 'string', enum: [group.name] }, bindingVersion } },
    },
  ]);
}

function componentOf(message: MessageDefinition): AsyncApiMessage {
  const schema = JSON.parse(message.schema) as { readonly doc?: string };
  return {
    name: message.name,
    title: shortName(message),
    summary: schema.doc ?? '',
    contentType: 'avro/binary',
    correlationId: { location: '$message.payload#/meta/correlationId' },
    headers: {
      type: 'object',
      properties: { traceparent: { type: 'string', description: 'W3C Trace Context.' } },
    },
    payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema },
    bindings: {
      kafka: {
        key: { type: 'string', description: recordKeyOf(message).description },
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicRecordNameStrategy',
        bindingVersion,
      },
    },
  };
}

function onChannel(topic: string, message: MessageDefinition): Reference {
  return { $ref: `#/channels/${topic}/messages/${shortName(message)}` };
}

function messagesOn(topic: string): readonly MessageDefinition[] {
  return messages.filter((message) => message.topic === topic);
}
