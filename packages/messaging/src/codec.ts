import type { Message, MessageDefinition } from '@florin/contracts';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { PermanentError, UnsendableMessageError } from './errors.js';
import { registerSchema } from './register-schema.js';
import { safeLong } from './safe-long.js';

const magicByte = 0;
const headerBytes = 5;
/** Larger messages belong in a document store, with a reference in the message. */
export const maxMessageBytes = 512 * 1024;
/** All services of an installation start at once; a registry that is asked for everything by all of them answers 500. */
const maxConcurrentRegistrations = 4;

const canonicalUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Bytes that no retry will make readable. */
export class UndecodableError extends PermanentError {
  constructor(reason: string, options?: ErrorOptions) {
    super('undecodable', reason, options);
    this.name = 'UndecodableError';
  }
}

/**
 * Of real registries, by URL, subject and schema. An id is for ever: services that share a process, as in tests, ask for
 * it once.
 */
const knownIds = new Map<string, Promise<number>>();

/** What the codec asks of a schema registry. */
export type SchemaIds = Pick<SchemaRegistry, 'getRegistryIdBySchema' | 'getSchema'>;

type Resolver = ReturnType<avsc.Type['createResolver']>;

export interface Decoded {
  /** Undefined when the record was written by a schema this version does not know at all. */
  readonly definition: MessageDefinition | undefined;
  readonly value: Message | undefined;
}

interface Entry {
  readonly definition: MessageDefinition;
  readonly type: avsc.Type;
}

/**
 * Avro in the Confluent wire format: a zero byte, the schema id as 32-bit big-endian integer, the Avro body.
 * Encoding is synchronous, because it happens inside business transactions: every schema id is known after `connect`.
 */
export class Codec {
  private readonly ids = new Map<string, number>();
  private readonly entries = new Map<string, Entry>();
  private readonly byId = new Map<number, { entry: Entry | undefined; resolver?: Resolver }>();

  constructor(
    private readonly registryUrl: string,
    private readonly definitions: readonly MessageDefinition[],
    private readonly registry: SchemaIds = new SchemaRegistry({
      host: registryUrl,
      retry: { retries: 5, initialRetryTimeInSecs: 0.1 },
    }),
  ) {
    for (const definition of definitions) {
      // A copy of its own for each definition: avsc would otherwise resolve shared names across schemas.
      const type = avsc.Type.forSchema(JSON.parse(definition.schema), { registry: { long: safeLong } });
      this.entries.set(definition.name, { definition, type });
    }
  }

  /** Registers what is new and learns the id of every schema. Subjects: `<topic>-<record full name>`. */
  async connect(): Promise<void> {
    const work = this.definitions.values();
    const worker = async (): Promise<void> => {
      for (const definition of work) await this.register(definition);
    };
    await Promise.all(Array.from({ length: maxConcurrentRegistrations }, worker));
  }

  private async register(definition: MessageDefinition): Promise<void> {
    const subject = `${definition.topic}-${definition.name}`;
    const key = `${this.registryUrl} ${subject} ${definition.schema}`;
    const isReal = this.registry instanceof SchemaRegistry;
    const asked = (isReal && knownIds.get(key)) || this.askForId(subject, definition.schema);
    if (isReal) knownIds.set(key, asked);
    const id = await asked.catch((error: unknown) => {
      knownIds.delete(key);
      throw error;
    });
    this.ids.set(definition.name, id);
    this.byId.set(id, { entry: this.entries.get(definition.name) });
  }

  private askForId(subject: string, schema: string): Promise<number> {
    // One cheap look-up when the schema was registered before.
    return this.registry
      .getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema })
      .catch(() => registerSchema(this.registryUrl, subject, schema));
  }

  /** @throws UnsendableMessageError when the value does not fit the schema or is too large. */
  encode<T extends Message>(definition: MessageDefinition<T>, value: T): Buffer {
    const entry = this.entries.get(definition.name);
    const id = this.ids.get(definition.name);
    if (!entry || id === undefined) throw new UnsendableMessageError(`${definition.name} is not registered`);
    let bytes: Buffer;
    try {
      bytes = write(entry.type, value);
    } catch {
      throw new UnsendableMessageError(
        `${definition.name} does not fit its schema: ${this.misfits(entry, value)}`,
      );
    }
    const length = bytes.length - headerBytes;
    if (length > maxMessageBytes) {
      throw new UnsendableMessageError(
        `${definition.name} has ${length} bytes, more than ${maxMessageBytes}`,
      );
    }
    bytes[0] = magicByte;
    bytes.writeUInt32BE(id, 1);
    return bytes;
  }

  /**
   * For a message that a person has written. Unlike `encode` it also refuses fields that the schema does not know,
   * because they would get lost without a word.
   * @returns the bytes, or the paths of the fields that do not fit
   * @throws UnsendableMessageError when the message is unknown or too large
   */
  encodeChecked(name: string, value: unknown): { readonly bytes: Buffer } | { readonly misfits: string[] } {
    const entry = this.entries.get(name);
    if (!entry) throw new UnsendableMessageError(`${name} is not a message of this version`);
    const misfits = pathsOfMisfits(entry, value, true);
    return misfits.length > 0 ? { misfits } : { bytes: this.encode(entry.definition, value as Message) };
  }

  /** Names of the fields that do not fit; their values may be personal and stay out of the error. */
  private misfits(entry: Entry, value: Message): string {
    return pathsOfMisfits(entry, value, false).slice(0, 5).join(', ');
  }

  /** The message name for a record, without decoding it; undefined when the id was never seen. */
  peek(bytes: Buffer | null): MessageDefinition | undefined {
    if (bytes === null || bytes.length < headerBytes || bytes[0] !== magicByte) return undefined;
    return this.byId.get(bytes.readUInt32BE(1))?.entry?.definition;
  }

  /**
   * @throws UndecodableError when the bytes are not a message
   * @throws whatever the registry client throws when the registry cannot be reached
   */
  async decode(bytes: Buffer | null): Promise<Decoded> {
    if (bytes === null || bytes.length < headerBytes || bytes[0] !== magicByte) {
      throw new UndecodableError('not in the Confluent wire format');
    }
    const id = bytes.readUInt32BE(1);
    const known = this.byId.get(id) ?? (await this.learn(id));
    if (!known.entry) return { definition: undefined, value: undefined };
    let value: Message;
    try {
      value = known.entry.type.fromBuffer(bytes.subarray(headerBytes), known.resolver) as Message;
    } catch (error) {
      throw new UndecodableError(`does not match schema ${id}`, { cause: error });
    }
    // The inbox stores ids as UUIDs: another text would fail there, and another spelling would pass for another id.
    if (!canonicalUuid.test(value.meta.messageId)) {
      throw new UndecodableError('the message id is not a UUID in lower case');
    }
    return { definition: known.entry.definition, value };
  }

  /** Fetches the schema a newer or older version wrote with, and maps it to the one this version reads. */
  private async learn(id: number): Promise<{ entry: Entry | undefined; resolver?: Resolver }> {
    let writer: avsc.Type;
    try {
      writer = (await this.registry.getSchema(id)) as unknown as avsc.Type;
    } catch (error) {
      if ((error as { status?: number }).status === 404) {
        throw new UndecodableError(`schema ${id} is not in the registry`, { cause: error });
      }
      throw error;
    }
    const entry = this.entries.get(writer.name ?? '');
    let resolver: Resolver | undefined;
    try {
      resolver = entry?.type.createResolver(writer);
    } catch (error) {
      throw new UndecodableError(`schema ${id} cannot be read as ${writer.name}`, { cause: error });
    }
    const known = { entry, resolver };
    this.byId.set(id, known);
    return known;
  }
}

/** Most messages fit: how long one gets is known when it is written. */
const scratch = Buffer.alloc(4 * 1024);

/** The body, behind room for the header. */
function write(type: avsc.Type, value: Message): Buffer {
  const end = type.encode(value, scratch, headerBytes);
  // When it is negative, so many bytes are missing.
  const bytes = Buffer.allocUnsafe(end < 0 ? scratch.length - end : end);
  if (end < 0) type.encode(value, bytes, headerBytes);
  else scratch.copy(bytes, 0, 0, end);
  return bytes;
}

function pathsOfMisfits(entry: Entry, value: unknown, noUndeclaredFields: boolean): string[] {
  const paths: string[] = [];
  entry.type.isValid(value, { noUndeclaredFields, errorHook: (path) => paths.push(path.join('.')) });
  return paths;
}
