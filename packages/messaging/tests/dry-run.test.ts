import {
  consumerGroups,
  type DeadLetterReplayed,
  DefineWalletType,
  IssueCard,
  OpenWallet,
  DeadLetterReplayed as Outcome,
} from '@florin/contracts';
import type { Database } from '@florin/database';
import {
  type DeadLetter,
  DependencyUnavailableError,
  handle,
  handleExternal,
  type Messaging,
  PermanentError,
} from '@florin/messaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, notes } from './harness.js';

const harness = new Harness();
const deadLetters: DeadLetter[] = [];
const outcomes: DeadLetterReplayed[] = [];
let failure: Error | undefined;
let calls = 0;
let batches: number[] = [];
let database: Database;
let messaging: Messaging;

beforeAll(async () => {
  database = await harness.database();
  await database.pool.query(
    `CREATE TABLE balanced (note text, side int DEFAULT 1);
     CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.note LIKE 'unbalanced%' THEN RAISE 'unbalanced' USING ERRCODE = '23514'; END IF; RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER balanced_check AFTER INSERT ON balanced DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced()`,
  );
  messaging = harness.messaging('wallet', database);
  messaging.consume({
    group: consumerGroups.wallet,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        if (failure) throw failure;
        batches.push(messages.length);
        const names = messages.map(({ value }) => value.name);
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [names]);
        await unit.tx.query('INSERT INTO balanced (note) SELECT * FROM unnest($1::text[])', [names]);
      }),
      handleExternal(IssueCard, {
        perform: async () => {
          calls++;
          if (failure) throw failure;
        },
        apply: async () => {},
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, letters) => {
      deadLetters.push(...letters);
    },
  });
  await messaging.start();
  const edge = harness.messaging('edge', await harness.database());
  edge.consume({
    group: consumerGroups.edge,
    handlers: [
      handle(Outcome, async (_unit, messages) => {
        outcomes.push(...messages.map(({ value }) => value));
      }),
    ],
  });
  await edge.start();
});
afterAll(() => harness.close());

/** A message that failed for good, for a reason that has gone since. */
async function deadLetter(name: string): Promise<DeadLetter> {
  failure = new PermanentError('broken', 'the handler is broken');
  await messaging.transaction(async (unit) => {
    const walletId = uuidv7();
    const body = { walletId, ownerId: uuidv7(), walletType: 'personal-usd', name };
    if (name.startsWith('card'))
      unit.send(IssueCard, walletId, { cardId: uuidv7(), walletId, ownerId: uuidv7() });
    else unit.send(OpenWallet, walletId, body);
  });
  const known = deadLetters.length;
  const letter = await eventually(async () => deadLetters[known]);
  failure = undefined;
  return letter;
}

async function replay(letters: readonly DeadLetter[], dryRun: boolean): Promise<DeadLetterReplayed[]> {
  const replayId = uuidv7();
  await messaging.replay(
    letters.map((letter) => ({ letter, replay: { replayId, deadLetterId: uuidv7(), dryRun } })),
  );
  return eventually(async () => {
    const own = outcomes.filter((outcome) => outcome.replayId === replayId);
    return own.length >= letters.length ? own : undefined;
  });
}

describe('a dry run', () => {
  test('says what a replay would come to, and leaves no trace', async () => {
    const letter = await deadLetter('rehearsed');
    expect(await replay([letter], true)).toMatchObject([{ outcome: 'would-apply', detail: null }]);
    expect(await notes(database)).not.toContain('rehearsed');
    const { rows } = await database.pool.query('SELECT 1 FROM inbox WHERE message_id = $1', [
      (letter.payload as { meta: { messageId: string } }).meta.messageId,
    ]);
    expect(rows).toEqual([]);
    expect(await replay([letter], false)).toMatchObject([{ outcome: 'applied' }]);
    expect(await replay([letter], true)).toMatchObject([{ outcome: 'duplicate' }]);
    expect((await notes(database)).filter((note) => note === 'rehearsed')).toHaveLength(1);
  });

  test('reports the error of the handler without another dead letter', async () => {
    const letter = await deadLetter('still broken');
    failure = new PermanentError('still-broken', 'there is no template');
    const known = deadLetters.length;
    expect(await replay([letter], true)).toMatchObject([
      { outcome: 'failed', detail: 'still-broken: there is no template' },
    ]);
    failure = undefined;
    expect(await replay([letter], false)).toMatchObject([{ outcome: 'applied' }]);
    expect(deadLetters).toHaveLength(known);
  });

  test('finds what only a commit would refuse', async () => {
    const letter = await deadLetter('unbalanced');
    expect(await replay([letter], true)).toMatchObject([
      { outcome: 'failed', detail: expect.stringContaining('23514') },
    ]);
  });

  test('does not call a provider', async () => {
    const letter = await deadLetter('card');
    calls = 0;
    expect(await replay([letter], true)).toMatchObject([{ outcome: 'not-dry-runnable' }]);
    expect(calls).toBe(0);
    expect(await replay([letter], false)).toMatchObject([{ outcome: 'applied' }]);
    expect(calls).toBe(1);
  });

  test('of several messages takes each alone', async () => {
    const letters = [await deadLetter('one'), await deadLetter('two'), await deadLetter('three')];
    batches = [];
    expect((await replay(letters, true)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('would-apply'));
    expect(batches).toEqual([1, 1, 1]);
  });
});

describe('a replay', () => {
  test('that has to wait for a provider says so, and goes on by itself', async () => {
    const letter = await deadLetter('card waits');
    failure = new DependencyUnavailableError('card-maker', 200);
    const [first] = await replay([letter], false);
    expect(first).toMatchObject({ outcome: 'deferred', detail: 'dependency-unavailable' });
    failure = undefined;
    const last = await eventually(async () =>
      outcomes.find(
        ({ deadLetterId, outcome }) => deadLetterId === first!.deadLetterId && outcome === 'applied',
      ),
    );
    expect(last.replayId).toBe(first!.replayId);
  });

  test('of a message that nobody handles any more fails, and stays in the dead letters', async () => {
    const letter = await deadLetter('handled once');
    const body = { code: 'x', name: 'X', currency: 'USD', overdraftLimit: 0, maxBalance: null };
    const { meta } = letter.payload as { meta: object };
    const encoded = messaging.encode(DefineWalletType.name, {
      meta: { ...meta, messageId: uuidv7() },
      ...body,
    });
    if ('misfits' in encoded) throw new Error(encoded.misfits.join());
    const known = deadLetters.length;
    const unhandled = { ...letter, value: encoded.bytes };
    expect(await replay([unhandled], true)).toMatchObject([{ outcome: 'failed', detail: 'no-handler' }]);
    expect(await replay([unhandled], false)).toMatchObject([{ outcome: 'failed', detail: 'no-handler' }]);
    const again = await eventually(async () => deadLetters[known]);
    expect(again.failure).toMatchObject({ errorCode: 'no-handler', originTopic: letter.failure.originTopic });
    expect(deadLetters).toHaveLength(known + 1);
  });
});
