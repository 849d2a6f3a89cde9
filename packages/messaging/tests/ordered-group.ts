import { type ConsumerGroup, IssueCard, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { type DeadLetter, handle, handleExternal, type Messaging } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, type HarnessOptions, notes } from './harness.js';

export const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };

/** A group whose handler fails on the names that are in `failing`. */
export class Ordered {
  readonly failing = new Map<string, Error>();
  readonly letters: DeadLetter[] = [];
  readonly calls: string[] = [];
  readonly instances: Messaging[] = [];

  get topicPrefix(): string {
    return this.harness.topicPrefix;
  }

  private constructor(
    private readonly harness: Harness,
    readonly database: Database,
    private readonly options: HarnessOptions,
  ) {}

  static async start(options: HarnessOptions = {}): Promise<Ordered> {
    const harness = new Harness();
    const ordered = new Ordered(harness, await harness.database(), options);
    await ordered.startInstance();
    return ordered;
  }

  close(): Promise<void> {
    return this.harness.close();
  }

  async startInstance(order: 'key' | 'none' = 'key'): Promise<Messaging> {
    const messaging = this.harness.messaging('wallet', this.database, this.options);
    messaging.consume({
      group,
      ordering: { 'wallet.commands': order },
      handlers: [
        handle(OpenWallet, async (unit, messages) => {
          for (const { value } of messages) {
            const failure = this.failing.get(value.name!);
            if (failure) throw failure;
          }
          await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
            messages.map(({ value }) => value.name),
          ]);
        }),
        handleExternal(IssueCard, {
          perform: async ({ value }) => {
            this.calls.push(value.cardId);
            const failure = this.failing.get(value.cardId);
            if (failure) throw failure;
          },
          apply: async (unit, items) => {
            await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
              items.map(({ message }) => message.value.cardId),
            ]);
          },
        }),
      ],
    });
    messaging.consumeDeadLetters({
      groupName: 'dead-letters',
      apply: async (_unit, letters) => void this.letters.push(...letters),
    });
    await messaging.start();
    this.instances.push(messaging);
    return messaging;
  }

  /** Sends in one transaction, so that the messages come as one batch. */
  async send(key: string, ...names: string[]): Promise<void> {
    await this.instances[0]!.transaction(async (unit) => {
      for (const name of names) {
        unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
      }
    });
  }

  async sendCards(key: string, ...cardIds: string[]): Promise<void> {
    await this.instances[0]!.transaction(async (unit) => {
      for (const cardId of cardIds) unit.send(IssueCard, key, { cardId, walletId: key, ownerId: key });
    });
  }

  noted(count: number): Promise<string[]> {
    return eventually(async () => {
      const found = await notes(this.database);
      return found.length >= count ? found : undefined;
    });
  }

  letter(count = 1): Promise<DeadLetter> {
    return eventually(async () => (this.letters.length >= count ? this.letters[count - 1] : undefined));
  }

  parked(count: number): Promise<true> {
    return eventually(async () => {
      const { rows } = await this.database.pool.query<{ n: number }>('SELECT count(*) AS n FROM parked');
      return rows[0]!.n === count ? true : undefined;
    });
  }

  gone(): Promise<true> {
    return eventually(async () => {
      const { rows } = await this.database.pool.query(
        'SELECT topic FROM gate UNION ALL SELECT topic FROM parked',
      );
      return rows.length === 0 ? true : undefined;
    });
  }

  replay(letter: DeadLetter): Promise<void> {
    const replay = { replayId: uuidv7(), deadLetterId: uuidv7() };
    return this.instances[0]!.replay([{ letter, replay }]);
  }
}
