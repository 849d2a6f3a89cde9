import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
});
afterAll(() => edge.close());

const post = (path: string, body: object, token = admin) => edge.call('POST', path, { token, body });
const get = (path: string, token = admin) => edge.call('GET', path, { token });
const newCode = () => `c-${randomUUID().slice(0, 8)}`;

describe('wallet types', () => {
  test('are defined once', async () => {
    const code = newCode();
    const body = { code, name: 'Gold', currency: 'EUR', overdraftLimit: 500, maxBalance: 9_000 };
    const answer = await post('/v1/wallet-types', body);
    expect(answer).toMatchObject({ status: 201, body: { ...body, status: 'active' } });
    expect(await post('/v1/wallet-types', body)).toMatchObject({
      status: 409,
      body: { code: 'wallet-type-exists' },
    });
    expect((await get(`/v1/wallet-types?code=${code}`, ada.token)).body.data).toEqual([answer.body]);
  });

  test('raced by ten requests are defined once', async () => {
    const body = { code: newCode(), name: 'Raced', currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/wallet-types', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  test('need a scope', async () => {
    const body = { code: newCode(), name: 'Gold', currency: 'EUR' };
    expect((await post('/v1/wallet-types', body, ada.token)).status).toBe(403);
    expect((await edge.call('POST', '/v1/wallet-types', { body })).status).toBe(401);
  });

  test('are listed page by page in the order asked for', async () => {
    for (const name of ['L1', 'L2', 'L3']) {
      await post('/v1/wallet-types', { code: newCode(), name, currency: 'CHF' });
    }
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/v1/wallet-types?currency=CHF&sort=name&limit=2${cursor}`);
      names.push(...body.data.map((type: Any) => type.name));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(names).toEqual(['L1', 'L2', 'L3']);
  });

  test('that do not exist open no wallet', async () => {
    const answer = await post('/v1/wallets', { walletType: newCode() }, ada.token);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/walletType' }] } });
  });
});

describe('transaction types and rules', () => {
  test('are defined, refused when they refer to nothing, and withdrawn', async () => {
    const [transactionType, walletType] = [newCode(), await edge.walletType()];
    const rule = { transactionType, sourceWalletType: walletType, destinationWalletType: walletType };
    expect(await post('/v1/transaction-rules', rule)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/transactionType' }] },
    });
    const type = await post('/v1/transaction-types', { code: transactionType, name: 'T', fee: { flat: 5 } });
    expect(type).toMatchObject({ status: 201, body: { fee: { flat: 5, basisPoints: 0 }, status: 'active' } });
    const created = await post('/v1/transaction-rules', rule);
    expect(created).toMatchObject({ status: 201, body: { ...rule, status: 'active' } });
    expect((await post('/v1/transaction-rules', rule)).status).toBe(409);
    const path = `/v1/transaction-rules/${created.body.id}`;
    expect((await edge.call('DELETE', path, { token: admin })).status).toBe(204);
    expect((await edge.call('DELETE', path, { token: admin })).status).toBe(404);
    expect((await get(`/v1/transaction-rules?transactionType=${transactionType}`)).body.data).toEqual([]);
    expect((await post('/v1/transaction-rules', rule)).status).toBe(201);
  });

  test.each(['reversal', 'adjustment'])('have no terms for corrections: %s', async (code) => {
    const fee = { flat: 5 };
    expect(await post('/v1/transaction-types', { code, name: 'Correction', fee })).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ pointer: '/code' }] },
    });
  });

  test.each(['transaction', 'application'])(
    'whose version is being defined by another are told so: %s',
    async (kind) => {
      const [code, path] = [newCode(), `/v1/${kind}-types`];
      const schema = { type: 'object' };
      const workflow = { steps: [{ name: 'review', kind: 'decision' }] };
      const body = { code, name: 'Mine', ...(kind === 'application' && { schema, workflow }) };
      const columns =
        kind === 'application' ? 'schema, workflow, current' : 'fee_flat, fee_basis_points, current';
      const values = kind === 'application' ? `'{}', '{}', false` : '0, 0, false';
      // Another call has come this far.
      await edge.pool.query(
        `INSERT INTO ${kind}_types (id, code, version, name, status, created_at, ${columns})
       SELECT id, $2, 1, 'Theirs', 'pending', $3, ${values} FROM (VALUES ($1)) AS v (id)`,
        [`${code}:1`, code, new Date(edge.clock.now())],
      );
      const answer = await post(path, body);
      expect(answer).toMatchObject({ status: 409, body: { code: `${kind}-type-changed` } });
    },
  );

  test('raced by ten requests with content of their own are never said to exist', async () => {
    const [code, names] = [newCode(), Array.from({ length: 10 }, (_, i) => `Name ${i}`)];
    const define = (name: string) => post('/v1/transaction-types', { code, name });
    const answers = await Promise.all(names.map(define));
    const refusals = answers.filter(({ status }) => status !== 201);
    expect(refusals.map(({ body }) => body.code)).toEqual(refusals.map(() => 'transaction-type-changed'));
    const again = await define('Another');
    expect(again).toMatchObject({ status: 201, body: { version: answers.length - refusals.length + 1 } });
    const active = await get(`/v1/transaction-types?status=active&code=${code}`);
    expect(active.body.data).toMatchObject([{ name: 'Another' }]);
    const same = await define('Another');
    expect(same).toMatchObject({ status: 409, body: { code: 'transaction-type-exists' } });
  });
});

describe('settlement files', () => {
  const upload = (settlementDate: string) => {
    const body = { fileId: newCode(), settlementDate, content: 'type' };
    const headers = { prefer: 'respond-async' };
    return edge.call('POST', '/ops/v1/settlement-files', { token: admin, body, headers });
  };
  const inDays = (days: number) => new Date(edge.clock.now() + days * 86_400_000).toISOString().slice(0, 10);

  test('are of today, of the past, or of tomorrow where it is tomorrow already', async () => {
    for (const day of ['2020-02-29', inDays(0), inDays(1)]) {
      expect(await upload(day)).toMatchObject({ status: 202, body: { settlementDate: day } });
    }
    // Midnight may pass between what this test says and what the edge reads of the clock.
    for (const day of [inDays(3), '2999-01-01']) {
      expect(await upload(day)).toMatchObject({
        status: 400,
        body: { code: 'validation-failed', errors: [{ pointer: '/settlementDate' }] },
      });
    }
  });
});

describe('cards', () => {
  test('are issued on an own wallet, without any full number', async () => {
    const wallet = await edge.openWallet(ada);
    const answer = await post('/v1/cards', { walletId: wallet }, ada.token);
    expect(answer).toMatchObject({
      status: 201,
      body: { walletId: wallet, last4: '4242', status: 'active' },
    });
    expect((await get(`/v1/cards/${answer.body.id}`, ada.token)).body).toEqual(answer.body);
    const stranger = await edge.newCustomer();
    expect((await get(`/v1/cards/${answer.body.id}`, stranger.token)).status).toBe(404);
    expect((await post('/v1/cards', { walletId: wallet }, stranger.token)).status).toBe(404);
  });
});

describe('applications', () => {
  const schema = {
    type: 'object',
    required: ['income'],
    additionalProperties: false,
    properties: { income: { type: 'integer', minimum: 0 }, email: { type: 'string', format: 'email' } },
    examples: [{ income: 1 }],
  };
  const workflow = { steps: [{ name: 'review', kind: 'decision' }] };
  const define = (code: string, more: object = {}) =>
    post('/v1/application-types', { code, name: 'Loan', schema, workflow, ...more });

  test('have types whose changes are versions', async () => {
    const code = newCode();
    expect(await define(code)).toMatchObject({ status: 201, body: { version: 1, schema, workflow } });
    expect(await define(code)).toMatchObject({ status: 409, body: { code: 'application-type-exists' } });
    expect(await define(code, { name: 'Better loan' })).toMatchObject({ status: 201, body: { version: 2 } });
    const current = (await get(`/v1/application-types?code=${code}`, ada.token)).body.data;
    expect(current.map((type: Any) => type.version)).toEqual([2]);
    const first = (await get(`/v1/application-types?code=${code}&version=1`, ada.token)).body.data;
    expect(first[0].name).toBe('Loan');
  });

  test.each([
    ['no JSON Schema', { schema: { type: 'objekt' } }, '/schema'],
    [
      'an example that does not validate',
      { schema: { ...schema, examples: [{}] } },
      '/schema/examples/0/income',
    ],
    ['no steps', { workflow: { steps: [] } }, '/workflow/steps'],
    ['one step twice', { workflow: { steps: [...workflow.steps, ...workflow.steps] } }, '/workflow/steps'],
  ])('have types that are refused given %s', async (_what, more, pointer) => {
    const answer = await define(newCode(), more);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  const magic = { workflow: { steps: [{ name: 'review', kind: 'magic' }] } };
  const reason = 'workflow/steps/0/kind: is magic';

  test('have types that their service refuses, with its reason, and that can be defined properly then', async () => {
    const code = newCode();
    for (let i = 0; i < 2; i++) {
      const refused = await define(code, magic);
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'application-type-invalid', status: 422, detail: reason, traceId: expect.any(String) },
      });
      expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(refused.headers.get('location')).toBeNull();
    }
    expect((await get(`/v1/application-types?status=refused&code=${code}`)).body.data).toMatchObject([
      { code, version: 1, refusalReason: reason },
    ]);
    const submission = { type: code, data: { income: 5 } };
    expect((await post('/v1/applications', submission, ada.token)).status).toBe(400);
    const defined = await define(code);
    expect(defined).toMatchObject({ status: 201, body: { version: 1, status: 'active' } });
    expect(defined.body).not.toHaveProperty('refusalReason');
    expect((await post('/v1/applications', submission, ada.token)).status).toBe(202);
  });

  test('have types that stay in force when a change of them is refused', async () => {
    const code = newCode();
    await define(code);
    expect((await define(code, magic)).status).toBe(422);
    const current = (await get(`/v1/application-types?code=${code}`, ada.token)).body.data;
    expect(current).toMatchObject([{ version: 1, status: 'active', workflow }]);
    expect(await define(code, { name: 'Better loan' })).toMatchObject({ status: 201, body: { version: 2 } });
  });

  test('have types whose refusal is found where a call that did not wait was told to look', async () => {
    const body = { code: newCode(), name: 'Loan', schema, ...magic };
    const headers = { prefer: 'respond-async' };
    const accepted = await edge.call('POST', '/v1/application-types', { token: admin, body, headers });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'pending' } });
    const found = await eventually('the refusal', async () => {
      const { data } = (await get(accepted.headers.get('location') as string)).body;
      return data[0].status === 'pending' ? undefined : data[0];
    });
    expect(found).toMatchObject({ version: 1, status: 'refused', refusalReason: reason });
  });

  test('with data that does not fit are refused with pointers', async () => {
    const type = newCode();
    await define(type);
    const data = { income: -1, email: 'nobody', more: 1 };
    const answer = await post('/v1/applications', { type, data }, ada.token);
    expect(answer.status).toBe(400);
    const pointers = answer.body.errors.map((error: Any) => error.pointer).sort();
    expect(pointers).toEqual(['/data/email', '/data/income', '/data/more']);
    const unknown = await post('/v1/applications', { type: newCode(), data: {} }, ada.token);
    expect(unknown.body.errors[0].pointer).toBe('/type');
  });

  test('that several people decide about at once are decided by one, and the others are told', async () => {
    const type = newCode();
    await define(type);
    const submitted = await post('/v1/applications', { type, data: { income: 5 } }, ada.token);
    const path = submitted.headers.get('location') as string;
    const decide = (outcome: string) =>
      edge.call('POST', `${path}/decisions`, {
        token: admin,
        body: { outcome, reason: outcome },
        headers: { prefer: 'wait=30' },
      });
    const answers = await Promise.all(['approved', 'declined', 'approved', 'declined'].map(decide));
    const [winner] = answers.filter(({ status }) => status === 201);
    const losers = answers.filter((answer) => answer !== winner);
    expect(losers.map(({ status, body }) => [status, body.code])).toEqual(
      losers.map(() => [409, 'not-awaiting-decision']),
    );
    expect((await get(path, ada.token)).body).toEqual(winner!.body);
  });

  test('wait for a person, who decides once', async () => {
    const type = newCode();
    await define(type);
    const submitted = await post('/v1/applications', { type, data: { income: 5 } }, ada.token);
    expect(submitted).toMatchObject({ status: 202, body: { status: 'waiting_for_decision', version: 1 } });
    const path = submitted.headers.get('location') as string;
    expect((await get(path, (await edge.newCustomer()).token)).status).toBe(404);
    const decision = { outcome: 'approved', reason: 'looks fine' };
    expect((await post(`${path}/decisions`, decision, ada.token)).status).toBe(403);
    const decided = await post(`${path}/decisions`, decision);
    expect(decided).toMatchObject({ status: 201, body: { status: 'approved', decision } });
    expect((await get(path, ada.token)).body).toEqual(decided.body);
    expect(await post(`${path}/decisions`, decision)).toMatchObject({
      status: 409,
      body: { code: 'not-awaiting-decision' },
    });
  });
});
