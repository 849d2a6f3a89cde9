import {
  type ConsumerGroup,
  DeadLetterReplayed,
  type Message,
  type MessageDefinition,
} from '@florin/contracts';
import { Codec } from '@florin/messaging/testing';

/** Asks the target service for an effect. `behaviour` tells its handler what to do, `ok` for nothing special. */
export interface Command extends Message {
  readonly behaviour: string;
}

/** Tells that the effect of a command exists. */
export interface Posted extends Message {
  readonly causeId: string;
}

const meta = (JSON.parse(DeadLetterReplayed.schema) as { fields: { type: unknown }[] }).fields[0]!.type;

function define<T extends Message>(topic: string, name: string, field: string): MessageDefinition<T> {
  const schema = {
    type: 'record',
    name,
    namespace: 'florin.simulation',
    fields: [
      { name: 'meta', type: meta },
      { name: field, type: 'string' },
    ],
  };
  return { topic, name: `florin.simulation.${name}`, schema: JSON.stringify(schema) };
}

export const Deposit = define<Command>('wallet.commands', 'Deposit', 'behaviour');
/** Handled with an external call. */
export const Withdraw = define<Command>('wallet.commands', 'Withdraw', 'behaviour');
/** On the same topic, for a group that nobody runs: everyone skips it. */
export const Ignored = define<Command>('wallet.commands', 'Ignored', 'behaviour');
export const PostedEvent = define<Posted>('wallet.events', 'Posted', 'causeId');

export const targetGroup: ConsumerGroup = { name: 'wallet', service: 'target', topics: ['wallet.commands'] };
export const sourceGroup: ConsumerGroup = {
  name: 'edge',
  service: 'source',
  topics: ['wallet.events', 'ops.events'],
};
export const deadLetterGroup = 'dead-letters';

const definitions = [Deposit, Withdraw, Ignored, PostedEvent, DeadLetterReplayed];

/** The real codec, on a registry that knows these schemas and no other. Not tied to a world: it keeps no state. */
export async function createCodec(): Promise<Codec> {
  const codec = new Codec('simulated://registry', definitions as readonly MessageDefinition[], {
    getRegistryIdBySchema: async (subject) =>
      1 + definitions.findIndex(({ topic, name }) => subject === `${topic}-${name}`),
    getSchema: async () => {
      throw Object.assign(new Error('schema not found'), { status: 404 });
    },
  });
  await codec.connect();
  return codec;
}

const idAt = 6;

/** The envelope comes first and the id first in it: five bytes of wire format, one of length, then the id. */
export function messageIdOf(value: Buffer | null): string {
  return value?.toString('latin1', idAt, idAt + 36) ?? '';
}

/** Another payload under the same id: the last letter of the last field is another one. */
export function forge(value: Buffer): Buffer {
  const forged = Buffer.from(value);
  forged[forged.length - 1] = 'z'.charCodeAt(0);
  return forged;
}
