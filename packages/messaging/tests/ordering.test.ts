import { DependencyUnavailableError, PermanentError, RetryableError } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Delivery, FetchedRecord } from '../src/delivery.js';
import { createKafka } from '../src/kafka.js';
import type { UnitFactory } from '../src/message-unit.js';
import { OrderGates } from '../src/order-gates.js';
import type { UnitOfWork } from '../src/unit-of-work.js';
import { eventually, Harness, type HarnessOptions, notes } from './harness.js';
import { group, Ordered } from './ordered-group.js';

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of open) await one.close();
});

async function start(options?: HarnessOptions): Promise<Ordered> {
  const ordered = await Ordered.start(options);
  open.push(ordered);
  return ordered;
}

const permanent = new PermanentError('broken', 'the handler is broken');

describe('a message that fails', () => {
  test('keeps those of its key behind it, others flow, and all follow in order when its retry succeeds', async () => {
    const ordered = await start({ retryDelays: ['300ms', '3s', '10s'] });
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
    const all = await ordered.noted(7);
    expect(all.filter((note) => !'xy'.includes(note))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(ordered.letters).toEqual([]);
    await ordered.gone();
  });

  test('holds its key as a dead letter until it is replayed with success', async () => {
    const ordered = await start();
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
    const ordered = await start();
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
    const ordered = await start();
    const key = uuidv7();
    const producer = createKafka({
      clientId: 'test',
      brokers: process.env.KAFKA_BROKERS!.split(','),
      logger: createLogger({ service: 'test', level: 'silent' }),
    }).producer();
    await producer.connect();
    await producer.send({
      topic: `${ordered.topicPrefix}wallet.commands`,
      messages: [{ key, value: Buffer.from('no message') }],
    });
    await producer.disconnect();
    const letter = await ordered.letter();
    expect(letter.failure.errorCode).toBe('undecodable');
    await ordered.send(key, 'a');
    await ordered.parked(1);
    await ordered.instances[0]!.discard([{ letter, deadLetterId: uuidv7() }]);
    expect(await ordered.noted(1)).toEqual(['a']);
    await ordered.gone();
  });

  test('may be judged by a dry run, which opens nothing', async () => {
    const ordered = await start();
    const key = uuidv7();
    ordered.failing.set('a', permanent);
    await ordered.send(key, 'a', 'b');
    const letter = await ordered.letter();
    await ordered.parked(1);
    ordered.failing.clear();
    await ordered.instances[0]!.replay([
      { letter, replay: { replayId: uuidv7(), deadLetterId: uuidv7(), dryRun: true } },
    ]);
    // The outcome of a rehearsal is a message of its own.
    await eventually(async () => {
      const topics = await ordered.instances[0]!.admin.topics();
      return topics.find(({ name }) => name === 'ops.events')?.records === 1 ? true : undefined;
    });
    expect(await notes(ordered.database)).toEqual([]);
    await ordered.parked(1);
    await ordered.replay(letter);
    expect(await ordered.noted(2)).toEqual(['a', 'b']);
  });
});

describe('external calls', () => {
  test('of one key follow one another, and none follows a message that failed', async () => {
    const ordered = await start();
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
    const ordered = await start();
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

test('two instances and a rebalance in between keep the order of every key', async () => {
  const ordered = await start();
  const keys = Array.from({ length: 6 }, () => uuidv7());
  const rounds = [0, 1, 2, 3, 4, 5];
  const nameOf = (key: string, round: number) => `${key} ${round}`;
  const sendRounds = async (...some: number[]) => {
    for (const key of keys) await ordered.send(key, ...some.map((round) => nameOf(key, round)));
  };
  for (const key of keys) ordered.failing.set(nameOf(key, 1), permanent);
  await sendRounds(0, 1, 2);
  await ordered.letter(keys.length);
  const second = await ordered.startInstance();
  await sendRounds(3, 4);
  await ordered.parked(3 * keys.length);
  ordered.failing.clear();
  const replays = ordered.letters.slice(0, keys.length).map((letter) => ordered.replay(letter));
  // Its partitions, and the keys that it was just releasing, go back to the first instance.
  await second.stop();
  await Promise.all([...replays, sendRounds(5)]);
  const seen = await ordered.noted(rounds.length * keys.length);
  for (const key of keys) {
    expect(seen.filter((note) => note.startsWith(key))).toEqual(rounds.map((round) => nameOf(key, round)));
  }
  await ordered.gone();
});

test('what is parked is released when the order is switched off', async () => {
  const ordered = await start();
  const key = uuidv7();
  ordered.failing.set('a', permanent);
  await ordered.send(key, 'a', 'b', 'c');
  await ordered.letter();
  await ordered.parked(2);
  await ordered.instances[0]!.stop();
  await ordered.startInstance('none');
  expect(await ordered.noted(2)).toEqual(['b', 'c']);
  await ordered.gone();
});

test('beyond its limit a key keeps its messages in Kafka, and they are not lost', async () => {
  const harness = new Harness();
  open.push(harness);
  const database = await harness.database();
  const units: UnitFactory = {
    run: (work) =>
      database.transaction((tx, pending) => {
        const unit: UnitOfWork = {
          tx,
          expectsNew: false,
          pending,
          send: () => '',
          afterCommit: () => undefined,
        };
        return work({ ...unit, settled: async () => undefined });
      }),
  };
  const logger = createLogger({ service: 'test', level: 'silent' });
  const gates = new OrderGates('g', new Set(['t']), database.pool, units, 'nobody', logger, 2);
  const record = (offset: number) =>
    ({
      topic: 't',
      partition: 0,
      message: { key: Buffer.from('k'), value: null, offset: String(offset) },
    }) as unknown as FetchedRecord;
  await gates.block([{ record: record(0), received: undefined, error: permanent }]);
  await gates.routed([record(0)]);
  const admit = (...offsets: number[]) =>
    database.transaction(async (tx) => {
      const admission = await gates.admit(
        tx,
        offsets.map((offset) => ({ record: record(offset) }) as Delivery),
      );
      return admission.outcomes.map((outcome) => outcome?.kind);
    });
  expect(await admit(0, 1, 2, 3, 4)).toEqual([undefined, 'parked', 'parked', 'held', 'held']);
  const { rows } = await database.pool.query('SELECT record_offset AS at FROM parked ORDER BY record_offset');
  expect(rows).toEqual([{ at: 1 }, { at: 2 }]);
});

test('a topic that the group does not read cannot be ordered', () => {
  const harness = new Harness();
  open.push(harness);
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
