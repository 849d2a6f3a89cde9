import { DependencyUnavailableError, PermanentError } from '@florin/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import type { Any } from './edge-fixture.js';

let ops: DeadLetterFixture;

beforeAll(async () => {
  ops = await DeadLetterFixture.create();
});
afterAll(() => ops.close());
afterEach(async () => {
  ops.edge.double.notificationFailure = () => undefined;
  for (const { id } of await ops.pending()) {
    await ops.post(`/ops/v1/dead-letters/${id}/discard`, { reason: 'end of the test' });
  }
});

const idsOf = (letters: readonly Any[]): string[] => letters.map((letter) => letter.id);

async function start(body: object): Promise<string> {
  return expectStatus(await ops.post('/ops/v1/replays', body), 202).id;
}

/** How often the customer was told. */
async function notifications(): Promise<number> {
  const { rows } = await ops.edge.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM notifications');
  return rows[0]!.n;
}

describe('a canary', () => {
  test('that is applied lets the others follow in growing waves', async () => {
    const letters = await ops.deadLetters(6);
    const replay = await ops.finished(await start({ ids: idsOf(letters), canary: true, reason: 'mended' }));
    expect(replay).toMatchObject({
      status: 'completed',
      canary: true,
      reason: 'mended',
      counts: { applied: 6 },
    });
    const { rows } = await ops.edge.pool.query('SELECT waves FROM replays WHERE id = $1', [replay.id]);
    expect(rows).toEqual([{ waves: 3 }]);
    expect((await ops.get(`/ops/v1/audits?subject=${replay.id}`)).data).toEqual([
      expect.objectContaining({ action: 'replay.start', reason: 'mended' }),
    ]);
  });

  test('that fails keeps the others where they are', async () => {
    const letters = await ops.deadLetters(4);
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    const { fingerprint } = letters[0];
    const replay = await ops.finished(await start({ fingerprint, canary: true }));
    expect(replay).toMatchObject({
      status: 'aborted',
      abortReason: 'canary-failed',
      counts: { failed: 1, cancelled: 3 },
    });
    // Three that were never sent, and the canary as a new dead letter.
    await eventually('the dead letters', async () => ((await ops.pending()).length === 4 ? true : undefined));
    expect((await ops.get(`/ops/v1/audits?subject=${replay.id}`)).data.map((a: Any) => a.action)).toEqual([
      'replay.abort',
      'replay.start',
    ]);
    ops.edge.double.notificationFailure = () => undefined;
    const again = await ops.finished(await start({ fingerprint, canary: true }));
    expect(again).toMatchObject({ status: 'completed', counts: { applied: 4 } });
  });
});

describe('a replay', () => {
  test('takes no more than its limit, the oldest first', async () => {
    const letters = await ops.deadLetters(3);
    const { topic, group } = letters[0];
    const replay = await ops.finished(await start({ topic, group, limit: 2 }));
    expect(replay.counts).toEqual({ applied: 2 });
    expect(await ops.pending()).toHaveLength(1);
  });

  test('is aborted when too many fail in a row', async () => {
    const letters = await ops.deadLetters(8);
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    const body = { ids: idsOf(letters), ratePerSecond: 1, maxFailuresInRow: 2 };
    const replay = await ops.finished(await start(body));
    expect(replay).toMatchObject({ status: 'aborted', abortReason: 'failures-in-a-row' });
    expect(replay.counts.failed).toBeGreaterThanOrEqual(2);
    expect(replay.counts.cancelled).toBeGreaterThanOrEqual(1);
  });

  test('is aborted when a provider of the handler is down; what waits is applied later', async () => {
    const letters = await ops.deadLetters(3);
    ops.edge.double.notificationFailure = () => new DependencyUnavailableError('mailer', 100);
    const id = await start({ ids: idsOf(letters), canary: true });
    const aborted = await eventually('the abort', async () => {
      const replay = await ops.get(`/ops/v1/replays/${id}`);
      return replay.status === 'aborted' ? replay : undefined;
    });
    expect(aborted).toMatchObject({ abortReason: 'breaker-open', counts: { pending: 1, cancelled: 2 } });
    ops.edge.double.notificationFailure = () => undefined;
    expect((await ops.finished(id)).counts).toEqual({ applied: 1, cancelled: 2 });
  });

  test('is aborted by an operator, once', async () => {
    const letters = await ops.deadLetters(4);
    const id = await start({ ids: idsOf(letters), ratePerSecond: 1 });
    const abort = () => ops.post(`/ops/v1/replays/${id}/abort`, { reason: 'wrong ones' });
    expect(await abort()).toMatchObject({
      status: 200,
      body: { status: 'aborted', abortReason: 'wrong ones' },
    });
    expect((await abort()).status).toBe(200);
    const replay = await ops.finished(id);
    expect(replay.counts.cancelled).toBeGreaterThanOrEqual(2);
    expect((await ops.get(`/ops/v1/audits?subject=${id}&action=replay.abort`)).data).toHaveLength(1);
  });

  test('survives its edge, and is started twice without harm', async () => {
    const before = await notifications();
    const letters = await ops.deadLetters(5);
    const { fingerprint } = letters[0];
    const [first, second] = await Promise.all([
      start({ fingerprint, ratePerSecond: 2 }),
      start({ fingerprint, ratePerSecond: 2 }),
    ]);
    await ops.edge.restart();
    const replays = [await ops.finished(first), await ops.finished(second)];
    const items = replays.flatMap((replay) => replay.items);
    expect(items.map((item) => item.deadLetterId).sort()).toEqual(idsOf(letters).sort());
    expect(items.every((item) => item.outcome === 'applied')).toBe(true);
    await eventually('the notifications', async () =>
      (await notifications()) === before + 5 ? true : undefined,
    );
    const { rows } = await ops.edge.pool.query(
      'SELECT count(*)::int AS n FROM replay_ledger WHERE dead_letter_id = ANY($1::uuid[])',
      [idsOf(letters)],
    );
    expect(rows).toEqual([{ n: 5 }]);
  });

  test('asked for several times at once is one replay, and nobody is told that he has another', async () => {
    const letters = await ops.deadLetters(1);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ops.post('/ops/v1/replays', { ids: idsOf(letters) })),
    );
    const started = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);
    expect(started).toHaveLength(1);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [409, 'dead-letter-not-pending']),
    );
    expect((await ops.finished(started[0]!.body.id)).counts).toEqual({ applied: 1 });
  });

  test('that dies after each send and before it remembers that, applies each message once', async () => {
    const before = await notifications();
    const letters = await ops.deadLetters(3);
    await ops.edge.pool.query(
      `CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'crash'; END $$;
       CREATE TRIGGER crash BEFORE UPDATE OF sent_at ON replay_items FOR EACH ROW
         WHEN (NEW.outcome = 'pending') EXECUTE FUNCTION crash()`,
    );
    const replay = await ops.finished(await start({ ids: idsOf(letters) }));
    await ops.edge.pool.query('DROP TRIGGER crash ON replay_items');
    expect(replay.counts).toEqual({ applied: 3 });
    await eventually('the notifications', async () =>
      (await notifications()) === before + 3 ? true : undefined,
    );
  });
});

describe('a dry run', () => {
  test('changes nothing, and can be repeated', async () => {
    const letters = await ops.deadLetters(2);
    const before = await notifications();
    for (let i = 0; i < 2; i++) {
      const replay = await ops.finished(await start({ ids: idsOf(letters), dryRun: true }));
      expect(replay).toMatchObject({ dryRun: true, counts: { 'would-apply': 2 } });
    }
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    const failing = await ops.finished(await start({ ids: idsOf(letters), dryRun: true }));
    expect(failing.items).toMatchObject(
      letters.map(() => ({ outcome: 'failed', detail: 'template-missing: still' })),
    );
    expect(idsOf(await ops.pending()).sort()).toEqual(idsOf(letters).sort());
    expect(await notifications()).toBe(before);
    ops.edge.double.notificationFailure = () => undefined;
    expect((await ops.finished(await start({ ids: idsOf(letters) }))).counts).toEqual({ applied: 2 });
  });
});
