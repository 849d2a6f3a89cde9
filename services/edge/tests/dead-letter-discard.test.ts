import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import type { Any } from './edge-fixture.js';

let ops: DeadLetterFixture;

beforeAll(async () => {
  ops = await DeadLetterFixture.create();
});
afterAll(() => ops.close());

const discard = (id: string, reason: string, token?: string) =>
  ops.post(`/ops/v1/dead-letters/${id}/discard`, { reason }, token);

describe('a discarded dead letter', () => {
  test('is done for good, with who, when and why', async () => {
    const [letter] = await ops.deadLetters(1);
    const operator = await ops.apiKey('ops:replay');
    const answer = await discard(letter.id, 'the customer has closed the account', operator.token);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: letter.id,
        status: 'discarded',
        resolution: null,
        discardedBy: operator.actor,
        discardReason: 'the customer has closed the account',
      },
    });
    expect(await ops.post('/ops/v1/replays', { ids: [letter.id] })).toMatchObject({
      status: 409,
      body: { code: 'dead-letter-not-pending' },
    });
    expect((await ops.get(`/ops/v1/dead-letters?discardedBy=${operator.actor}`)).data).toHaveLength(1);
  });

  test('lets go what the failed group keeps waiting behind it, and the group hears of it once', async () => {
    const [letter] = await ops.deadLetters(1);
    const { rows } = await ops.edge.pool.query('SELECT discard_sent_at FROM dead_letters WHERE id = $1', [
      letter.id,
    ]);
    expect(rows).toEqual([{ discard_sent_at: null }]);
    const isClosed = async (): Promise<boolean> => {
      const gates = await ops.edge.double.pool.query('SELECT 1 FROM gate WHERE key = $1', [letter.key]);
      return gates.rowCount === 1;
    };
    expect(await isClosed()).toBe(true);
    expect((await discard(letter.id, 'nobody needs it')).status).toBe(200);
    await eventually('the gate to open', async () => ((await isClosed()) ? undefined : true));
    await eventually('the edge to remember that', async () => {
      const sent = await ops.edge.pool.query(
        'SELECT 1 FROM dead_letters WHERE id = $1 AND discard_sent_at IS NOT NULL',
        [letter.id],
      );
      return sent.rowCount === 1 ? true : undefined;
    });
  });

  test('that cannot be passed on keeps no replay waiting', async () => {
    const [lost, letter] = await ops.deadLetters(2);
    await ops.edge.pool.query(
      `UPDATE dead_letters SET failure = jsonb_set(failure::jsonb, '{originTopic}', '"no.such.topic"') WHERE id = $1`,
      [lost.id],
    );
    expect((await discard(lost.id, 'its topic is gone')).status).toBe(200);
    const { body } = await ops.post('/ops/v1/replays', { ids: [letter.id] });
    expect((await ops.finished(body.id)).counts).toEqual({ applied: 1 });
    const { rowCount } = await ops.edge.pool.query(
      'UPDATE dead_letters SET discard_sent_at = now() WHERE id = $1 AND discard_sent_at IS NULL',
      [lost.id],
    );
    expect(rowCount).toBe(1);
  });

  test('can be discarded again by the same operator for the same reason only, and is audited once', async () => {
    const [letter] = await ops.deadLetters(1);
    const both = await Promise.all([discard(letter.id, 'obsolete'), discard(letter.id, 'obsolete')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await discard(letter.id, 'another reason')).status).toBe(409);
    const other = await ops.apiKey('ops:replay');
    expect((await discard(letter.id, 'obsolete', other.token)).status).toBe(409);
    const { data } = await ops.get(`/ops/v1/audits?subject=${letter.id}`);
    expect(data).toEqual([
      expect.objectContaining({
        action: 'dead-letter.discard',
        actor: expect.stringMatching(/^key:/),
        reason: 'obsolete',
        detail: expect.objectContaining({ topic: letter.topic, offset: letter.offset }),
      }),
    ]);
  });

  test('needs a reason, a letter that exists, and the scope', async () => {
    const [letter] = await ops.deadLetters(1);
    expect((await discard(letter.id, ' ')).status).toBe(400);
    expect((await discard('01890a5d-ac96-774b-bcce-b302099a8057', 'x')).status).toBe(404);
    const reader = await ops.apiKey('ops:read');
    expect((await discard(letter.id, 'x', reader.token)).status).toBe(403);
    expect((await ops.get(`/ops/v1/dead-letters/${letter.id}`)).status).toBe('pending');
  });
});

describe('dead letters', () => {
  test('are found by any text, and come with their payload when asked', async () => {
    const [letter] = await ops.deadLetters(1, 4_711);
    const detail = await ops.get(`/ops/v1/dead-letters/${letter.id}`);
    const found = (query: string) => ops.get(`/ops/v1/dead-letters?${query}`);
    const { transactionId } = detail.payload;
    const bySearch = (await found(`search=${transactionId.toUpperCase()}`)).data;
    expect(bySearch).toEqual([letter]);
    expect((await found('search=nowhere')).data).toEqual([]);
    expect(
      (await found(`errorMessage=${encodeURIComponent(letter.errorMessage)}&key=${letter.key}`)).data,
    ).toEqual([letter]);
    expect((await found(`include=payload&search=${transactionId}`)).data).toEqual([detail]);
  });

  test('are grouped with the money at rest, pending or not', async () => {
    for (const letter of await ops.pending()) await discard(letter.id, 'clean');
    await ops.deadLetters(2, 50);
    const [group] = (await ops.get('/ops/v1/dead-letter-groups?group=notification')).data;
    expect(group).toMatchObject({
      topic: 'transaction.events.notification.dlq',
      errorCode: 'template-missing',
      count: 2,
      moneyAtRest: [{ currency: 'USD', amount: 100 }],
    });
    expect((await ops.get('/ops/v1/dead-letter-groups?group=wallet')).data).toEqual([]);
    const discarded = (await ops.get('/ops/v1/dead-letter-groups?status=discarded')).data;
    expect(discarded[0].count).toBeGreaterThanOrEqual(4);
  });
});

describe('the audit trail', () => {
  test('cannot be changed, and shows when somebody changed it all the same', async () => {
    const { data } = await ops.get('/ops/v1/audits?sort=sequence');
    expect(data.map((row: Any) => row.sequence)).toEqual(data.map((_: Any, i: number) => i + 1));
    const before = await ops.get('/ops/v1/audits/verification');
    expect(before).toEqual({
      intact: true,
      actions: data.length,
      brokenAt: null,
      headHash: data.at(-1).hash,
    });
    const { pool } = ops.edge;
    for (const change of [
      'UPDATE operator_actions SET reason = NULL',
      'DELETE FROM operator_actions',
      'TRUNCATE operator_actions',
    ]) {
      await expect(pool.query(change)).rejects.toThrow('append-only');
    }
    // Who owns the table can get past the trigger, but not past the chain.
    await pool.query('ALTER TABLE operator_actions DISABLE TRIGGER operator_actions_append_only');
    await pool.query(`UPDATE operator_actions SET reason = 'innocent' WHERE sequence = 2`);
    expect(await ops.get('/ops/v1/audits/verification')).toMatchObject({
      intact: false,
      actions: 1,
      brokenAt: 2,
    });
    await pool.query(`UPDATE operator_actions SET reason = $1 WHERE sequence = 2`, [data[1].reason]);
    expect(await ops.get('/ops/v1/audits/verification')).toEqual(before);
    await pool.query('DELETE FROM operator_actions WHERE sequence = 3');
    expect(await ops.get('/ops/v1/audits/verification')).toMatchObject({ intact: false, brokenAt: 3 });
  });
});
