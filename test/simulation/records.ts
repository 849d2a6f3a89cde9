export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

export interface RecordToStore {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
  readonly partition: number | undefined;
}

/** An error with the name kafkajs gives it. */
export class BrokerFailure extends Error {
  constructor(
    override readonly name: string,
    readonly type: string,
  ) {
    super(type);
  }
}

export const partitionsPerTopic = 2;
