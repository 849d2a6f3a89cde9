import { randomUUID } from 'node:crypto';
import { createApiKey } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin } from '../edge-fixture.js';
import { type Operation, operationsOf } from './operations.js';
import { type Prepared, requests } from './requests.js';
import { World } from './world.js';

const operations = operationsOf();
const allScopes = [...new Set(operations.flatMap(({ keyScopes }) => keyScopes ?? []))];

let world: World;
/** Tokens that no call may accept, by what is wrong with them. */
let badTokens: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await World.create();
  const token = world.owner.token;
  badTokens = {
    nonsense: 'nonsense',
    'a token that was cut': token.slice(0, -4),
    'a token that was changed': `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`,
    'the payload as another purpose': token.replace('v4.public.', 'v4.local.'),
    'a token of another key': await world.forgedToken('foreign key'),
    'an expired token': await world.forgedToken('expired'),
    'a token of an ended session': await world.revokedToken(),
    'an unknown API key': createApiKey().key,
    'an expired API key': await world.deadKey('expires_at'),
    'a revoked API key': await world.deadKey('revoked_at'),
  };
}, 180_000);
afterAll(() => world?.close());

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
}

async function send(operation: Operation, request: Prepared, authorization?: string): Promise<Answer> {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => request.params![name]!);
  const response = await fetch(`${world.edge.url}${path}${request.query ?? ''}`, {
    method: operation.method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(operation.method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      // Whether a call is admitted does not depend on its outcome, which nobody decides for some.
      prefer: 'wait=2',
    },
    body: request.body && JSON.stringify(request.body),
    signal: AbortSignal.timeout(30_000),
  });
  const { status, headers } = response;
  // A stream of events never ends by itself.
  if (headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status, code: undefined, text: '' };
  }
  const text = await response.text();
  expect(operation.statuses).toContain(status);
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json');
  return { status, code: isProblem ? JSON.parse(text).code : undefined, text };
}

async function prepare({ operationId }: Operation): Promise<Prepared> {
  return (await requests[operationId]?.(world)) ?? {};
}

const bearer = (token: string) => `Bearer ${token}`;
const successOf = ({ statuses }: Operation) => statuses.filter((status) => status < 300);

/** What the right caller gets; anything but a refusal of the caller would do, but a wrong fixture must not pass. */
async function expectAdmitted(operation: Operation, tokenOf?: (request: Prepared) => string): Promise<void> {
  const request = await prepare(operation);
  const answer = await send(operation, request, tokenOf && bearer(tokenOf(request)));
  const expected = request.status === undefined ? successOf(operation) : [request.status];
  expect({ answer, admitted: expected.includes(answer.status) }).toEqual({ answer, admitted: true });
}

async function expectRefused(
  operation: Operation,
  request: Prepared,
  callers: Readonly<Record<string, string | undefined>>,
  refusal: { readonly status: number; readonly code: string },
): Promise<void> {
  for (const [caller, authorization] of Object.entries(callers)) {
    const { status, code } = await send(operation, request, authorization);
    expect({ caller, status, code }).toEqual({ caller, ...refusal });
  }
}

test('the matrix has a request for every operation, and for no other', () => {
  const missing = operations.filter(
    ({ needsRequest, operationId }) => needsRequest && !requests[operationId],
  );
  expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  const known = new Set(operations.map(({ operationId }) => operationId));
  expect(Object.keys(requests).filter((operationId) => !known.has(operationId))).toEqual([]);
});

describe.each(operations.filter(({ isPublic }) => isPublic))('$method $path', (operation) => {
  test('is open to everybody, with and without a token', async () => {
    await expectAdmitted(operation);
    await expectAdmitted(operation, () => 'nonsense');
    await expectAdmitted(operation, () => admin);
  });
});

describe.each(operations.filter(({ isPublic }) => !isPublic))('$method $path', (operation) => {
  const { admitsCustomers, keyScopes } = operation;

  test('refuses who does not say who it is, and every token that is not good', async () => {
    const request = await prepare(operation);
    const callers = {
      'without a header': undefined,
      'with another scheme': `Basic ${Buffer.from('ada:secret').toString('base64')}`,
      'with no token': 'Bearer ',
      'with two tokens': `${bearer(world.owner.token)} ${admin}`,
      ...Object.fromEntries(Object.entries(badTokens).map(([what, token]) => [what, bearer(token)])),
    };
    await expectRefused(operation, request, callers, { status: 401, code: 'unauthenticated' });
  });

  test(admitsCustomers ? 'admits the customer it is about' : 'refuses customers', async () => {
    if (admitsCustomers) return expectAdmitted(operation, ({ owner = world.owner }) => owner.token);
    const callers = { customer: bearer(world.owner.token) };
    await expectRefused(operation, await prepare(operation), callers, { status: 403, code: 'forbidden' });
  });

  if (admitsCustomers) {
    test('shows another customer nothing', async () => {
      const request = await prepare(operation);
      // A new one, because some calls end the session or the customer of who makes them.
      const stranger = await world.edge.newCustomer();
      const answer = await send(operation, request, bearer(stranger.token));
      if (operation.path.includes('{') || request.namesOwned) {
        expect(answer).toMatchObject({ status: 404, code: 'not-found' });
      }
      expect(answer.text).not.toContain(world.owner.id);
      expect(answer.text).not.toContain(world.walletId);
    });
  }

  if (keyScopes === undefined) {
    test('refuses API keys', async () => {
      const callers = { 'API key': bearer(admin) };
      await expectRefused(operation, await prepare(operation), callers, { status: 403, code: 'forbidden' });
    });
  } else {
    test(`admits API keys with ${keyScopes.join() || 'any scope'} only`, async () => {
      const key = await world.scopedKey(keyScopes.length > 0 ? keyScopes : ['none:at-all']);
      await expectAdmitted(operation, () => key);
      if (keyScopes.length === 0) return;
      const others = allScopes.filter((scope) => !keyScopes.includes(scope));
      const callers = {
        'key without scopes': bearer(await world.scopedKey([])),
        'key with all other scopes': bearer(await world.scopedKey(others)),
        'key with almost the scope': bearer(await world.scopedKey(keyScopes.map((scope) => `${scope}s`))),
      };
      const request = await prepare(operation);
      await expectRefused(operation, request, callers, { status: 403, code: 'scope-missing' });
    });
  }
});
