import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectStatus } from '../../../test/story/http.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import { type Any, admin } from './edge-fixture.js';

let ops: DeadLetterFixture;
let second: { token: string; actor: string };

beforeAll(async () => {
  ops = await DeadLetterFixture.create();
  second = await ops.apiKey('ops:replay', 'ops:read');
});
afterAll(() => ops.close());

/** A pending dead letter with its payload. */
async function letter(): Promise<Any> {
  const [{ id }] = (await ops.deadLetters(1)) as [Any];
  return ops.get(`/ops/v1/dead-letters/${id}`);
}
const revise = (id: string, baseRevision: number, payload: object, token = admin) =>
  ops.post(`/ops/v1/dead-letters/${id}/revisions`, { baseRevision, payload, reason: 'typo' }, token);
const approve = (id: string, revision: number, token: string) =>
  ops.post(`/ops/v1/dead-letters/${id}/revisions/${revision}/approve`, {}, token);
const replay = (id: string) => ops.post('/ops/v1/replays', { ids: [id] });

describe('a revision', () => {
  test('is what a replay sends, under a message id of its own', async () => {
    const { id, payload } = await letter();
    const edited = { ...payload, declineReason: 'wallet-frozen', description: 'Lunch' };
    const revision = expectStatus(await revise(id, 0, edited), 201);
    expect(revision).toMatchObject({
      revision: 1,
      status: 'approved',
      needsSecondApprover: false,
      diff: [
        { op: 'replace', path: '/description', before: null, after: 'Lunch' },
        { op: 'replace', path: '/declineReason', before: 'insufficient-funds', after: 'wallet-frozen' },
      ],
    });
    expect(revision.messageId).not.toBe(payload.meta.messageId);
    let seen: Any;
    ops.edge.double.notificationFailure = (declined) => {
      seen = declined;
      return undefined;
    };
    const { body } = await replay(id);
    expect((await ops.finished(body.id)).items).toEqual([
      { deadLetterId: id, revision: 1, outcome: 'applied', detail: null },
    ]);
    expect(seen).toMatchObject({
      declineReason: 'wallet-frozen',
      description: 'Lunch',
      amount: payload.amount,
    });
    expect(seen.meta).toEqual({ ...payload.meta, messageId: revision.messageId });
    expect(await revise(id, 1, edited)).toMatchObject({
      status: 409,
      body: { code: 'dead-letter-not-pending' },
    });
  });

  test('based on what somebody else has edited meanwhile is refused', async () => {
    const { id, payload } = await letter();
    const edits = ['one', 'two', 'three'].map((description) => revise(id, 0, { ...payload, description }));
    const statuses = (await Promise.all(edits)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409]);
    const stale = await revise(id, 0, { ...payload, description: 'late' });
    expect(stale.body.code).toBe('stale-revision');
    expect((await revise(id, 1, { ...payload, description: 'later' })).status).toBe(201);
    const { data } = await ops.get(`/ops/v1/dead-letters/${id}/revisions`);
    expect(data.map((revision: Any) => revision.revision)).toEqual([1, 2]);
  });

  test('must fit the schema, leave the envelope alone and change something', async () => {
    const { id, payload } = await letter();
    const { amount: _, ...withoutAmount } = payload;
    const answers = await Promise.all([
      revise(id, 0, withoutAmount),
      revise(id, 0, { ...payload, amount: 'five' }),
      revise(id, 0, { ...payload, amonut: 6 }),
      revise(id, 0, { ...payload, meta: { ...payload.meta, actor: 'key:somebody-else' } }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual([
      [400, '/payload/amount'],
      [400, '/payload/amount'],
      [400, '/payload/amonut'],
      [400, '/payload/meta'],
    ]);
    expect(await revise(id, 0, payload)).toMatchObject({ status: 422, body: { code: 'nothing-changed' } });
    expect((await ops.get(`/ops/v1/dead-letters/${id}`)).revision).toBe(0);
  });
});

describe('a revision about money', () => {
  test('is replayed only after another operator has approved it', async () => {
    const { id, payload } = await letter();
    const revision = expectStatus(await revise(id, 0, { ...payload, amount: 6 }), 201);
    expect(revision).toMatchObject({ status: 'awaiting-approval', needsSecondApprover: true });
    expect(await replay(id)).toMatchObject({ status: 409, body: { code: 'revision-awaiting-approval' } });
    expect(await approve(id, 1, admin)).toMatchObject({
      status: 403,
      body: { code: 'second-approver-required' },
    });
    expect((await approve(id, 2, second.token)).status).toBe(404);
    expect(await approve(id, 1, second.token)).toMatchObject({
      status: 200,
      body: { status: 'approved', approvedBy: second.actor },
    });
    expect((await approve(id, 1, second.token)).body.code).toBe('revision-approved');
    const { body } = await replay(id);
    expect((await ops.finished(body.id)).items).toMatchObject([{ revision: 1, outcome: 'applied' }]);
    const actions = (await ops.get(`/ops/v1/audits?subject=${id}`)).data;
    expect(actions.map((action: Any) => [action.action, action.detail.changed])).toEqual([
      ['revision.approve', undefined],
      ['revision.create', ['/amount']],
    ]);
    expect(await ops.get('/ops/v1/audits/verification')).toMatchObject({ intact: true });
  });

  test('cannot be slipped past the second approver by a harmless edit on top', async () => {
    const { id, payload } = await letter();
    expectStatus(await revise(id, 0, { ...payload, amount: 6 }), 201);
    const onTop = await revise(id, 1, { ...payload, amount: 6, description: 'harmless' });
    expect(onTop.body).toMatchObject({ revision: 2, status: 'awaiting-approval' });
    expect((await approve(id, 1, second.token)).body.code).toBe('stale-revision');
    // Taking the amount back makes it an ordinary edit again.
    const back = await revise(id, 2, { ...payload, description: 'harmless' });
    expect(back.body).toMatchObject({ revision: 3, status: 'approved' });
    expect((await ops.finished((await replay(id)).body.id)).items).toMatchObject([
      { revision: 3, outcome: 'applied' },
    ]);
  });
});
