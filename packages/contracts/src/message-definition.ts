import type { Meta } from './generated/messages.js';

/** What every message has: the envelope beside its own fields. */
export interface Message {
  readonly meta: Meta;
}

/** A message as code sees it: the topic it travels on, its Avro record and its type. */
export interface MessageDefinition<T extends Message = Message> {
  /** Logical topic, without the prefix of an installation: `wallet.commands`. */
  readonly topic: string;
  /** Full name of the Avro record: `florin.wallet.PostTransfer`. */
  readonly name: string;
  /** Avro schema as JSON text, standing alone. */
  readonly schema: string;
  /** Never set: it carries the type of the message for inference. */
  readonly type?: T;
}

/** `PostTransfer` of `florin.wallet.PostTransfer`; unique over all domains, as the generated types are. */
export function shortName({ name }: Pick<MessageDefinition, 'name'>): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The fields of a message without its envelope, which the messaging core fills in. */
export type BodyOf<T extends Message> = Omit<T, 'meta'>;

export function defineMessage<T extends Message>(
  topic: string,
  name: string,
  schema: string,
): MessageDefinition<T> {
  return { topic, name, schema };
}
