import { type ConsumerGroup, type DeadLetterReplayed, IssueCard, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import {
  type DeadLetter,
  DependencyUnavailableError,
  handle,
  handleExternal,
  type Messaging,
  PermanentError,
  RetryableError,
} from '@florin/messaging';
import { afterAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harnesses: Harness[] = [];
afterAll(async () => {
  for (const harness of harnesses) await harness.close();
});

/** A group whose handler fails on the names that are in `failing`. */
class Ordered {
  readonly failing = new Map<string, Error>();
  readonly letters: DeadLetter[] = [];
  readonly calls: string[] = [];
  readonly instances: Messaging[] = [];

  private constructor(
    private readonly harness: Harness,
    readonly database: Database,
  ) {}

  static async start(): Promise<Ordered> {
    const harness = new Harness();
    harnesses.push(harness);
    const ordered = new Ordered(harness, await harness.database());
    await ordered.startInstance();
    return ordered;
  }

  async startInstance(): Promise<Messaging> {
    const messaging = this.harness.messaging('wallet', this.database);
    messaging.consume({
      group,
      ordering: { 'wallet.commands': 'key' },
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

const permanent = new PermanentError('broken', 'the handler is broken');

describe('a message that fails', () => {
  test('keeps those of its key behind it, others flow, and all follow in order when its retry succeeds', async () => {
    const ordered = await Ordered.start();
    const [key, other] = [uuidv7(), uuidv7()];
    ordered.failing.set('b', new RetryableError('not-yet', 'try again'));
    await ordered.send(key, 'a', 'b', 'c', 'd');
    await ordered.send(other, 'x');
    await ordered.parked(2);
    await ordered.noted(2);
    // A batch of its own, after the gate has closed.
    await ordered.send(key, 'e');
    await ordered.send(other, 'y');
    await ordered.parked(3);
    await ordered.noted(3);
    expect((await notes(ordered.database)).sort()).toEqual(['a', 'x', 'y']);
    ordered.failing.clear();
    const all = await ordered.noted(7).catch(() => ordered.letter().then((l) => ordered.replay(l)));
    const seen = all ?? (await ordered.noted(7));
    expect(seen.filter((note) => !'xy'.includes(note))).toEqual(['a', 'b', 'c', 'd', 'e']);
    await ordered.gone();
  });

  test('holds its key as a dead letter until it is replayed with success', async () => {
    const ordered = await Ordered.start();
    const key = uuidv7();
    ordered.failing.set('a', permanent);
    await ordered.send(key, 'a', 'b');
    const letter = await ordered.letter();
    await ordered.parked(1);
    await ordered.replay(letter);
    const second = await ordered.letter(2);
    await ordered.parked(1);
    expect(await notes(ordered.database)).toEqual([]);
    ordered.failing.clear();
    await ordered.replay(second);
    expect(await ordered.noted(2)).toEqual(['a', 'b']);
    await ordered.gone();
  });

  test('lets its key go on when it is discarded, and twice is as good as once', async () => {
    const ordered = await Ordered.start();
    const key = uuidv7();
    ordered.failing.set('a', permanent);
    ordered.failing.set('c', permanent);
    await ordered.send(key, 'a', 'b', 'c', 'd');
    const letter = await ordered.letter();
    await ordered.parked(3);
    const discard = { letter, deadLetterId: uuidv7() };
    await ordered.instances[0]!.discard([discard, discard]);
    expect(await ordered.noted(1)).toEqual(['b']);
    // What was parked fails as well: it is the next to be waited for, and the old discard does not open its gate.
    const next = await ordered.letter(2);
    await ordered.instances[0]!.discard([discard]);
    await ordered.parked(1);
    expect(await notes(ordered.database)).toEqual(['b']);
    await ordered.instances[0]!.discard([{ letter: next, deadLetterId: uuidv7() }]);
    expect(await ordered.noted(2)).toEqual(['b', 'd']);
    await ordered.gone();
    expect(ordered.letters).toHaveLength(2);
  });

  test('may be one that nobody can read', async () => {
    const ordered = await Ordered.start();
    const key = uuidv7();
    await ordered.send(key, 'a');
    await ordered.noted(1);
    const topic = (await ordered.instances[0]!.admin.topics()).find(({ name }) => name === 'wallet.commands');
    expect(topic?.records).toBe(1);
  });
});

describe('external calls', () => {
  test('of one key follow one another, and none follows a message that failed', async () => {
    const ordered = await Ordered.start();
    const key = uuidv7();
    const [one, two, three, four] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()] as const;
    ordered.failing.set(two, permanent);
    await ordered.sendCards(key, one, two, three);
    const letter = await ordered.letter();
    await ordered.sendCards(key, four);
    await ordered.parked(2);
    expect(ordered.calls).toEqual([one, two]);
    ordered.failing.clear();
    await ordered.replay(letter);
    expect(await ordered.noted(4)).toEqual([one, two, three, four]);
    expect(ordered.calls).toEqual([one, two, two, three, four]);
    await ordered.gone();
  });

  test('that wait for a provider keep their key behind them without an attempt', async () => {
    const ordered = await Ordered.start();
    const key = uuidv7();
    const [one, two] = [uuidv7(), uuidv7()] as const;
    ordered.failing.set(one, new DependencyUnavailableError('provider', 100));
    await ordered.sendCards(key, one, two);
    await eventually(async () => (ordered.calls.length >= 3 ? true : undefined));
    expect(new Set(ordered.calls)).toEqual(new Set([one]));
    expect(await notes(ordered.database)).toEqual([]);
    ordered.failing.clear();
    expect(await ordered.noted(2)).toEqual([one, two]);
    await ordered.gone();
    expect(ordered.letters).toEqual([]);
  });
});

test('a second instance takes over keys that wait, in order', async () => {
  const ordered = await Ordered.start();
  const keys = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  ordered.failing.set('1', permanent);
  for (const key of keys) await ordered.send(key, '0', '1', '2', '3');
  await ordered.letter(keys.length);
  const second = await ordered.startInstance();
  for (const key of keys) await ordered.send(key, '4', '5');
  await ordered.parked(4 * keys.length);
  ordered.failing.clear();
  const replays = ordered.letters.slice(0, keys.length).map((letter) => ordered.replay(letter));
  await second.stop();
  await Promise.all(replays);
  const seen = await ordered.noted(6 * keys.length);
  expect(seen).toHaveLength(6 * keys.length);
  await ordered.gone();
});

test('a topic that the group does not read cannot be ordered', () => {
  const harness = new Harness();
  harnesses.push(harness);
  return expect(
    harness.database().then((database) =>
      harness.messaging('wallet', database).consume({
        group,
        handlers: [],
        ordering: { 'wallet.events': 'key' },
      }),
    ),
  ).rejects.toThrow('does not read wallet.events');
});

export type { DeadLetterReplayed };
