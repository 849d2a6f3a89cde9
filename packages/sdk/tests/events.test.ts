import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createFlorin, type Florin, type ServerEvent } from '../src/index.js';
import { problem, ScriptedApi } from './fake-api.js';

const api = new ScriptedApi();
let florin: Florin;

beforeAll(async () => {
  const baseUrl = await api.start();
  florin = createFlorin({ baseUrl, token: 'flk_test', retry: { baseDelayMs: 1, attempts: 1 } });
});
beforeEach(() => api.reset());
afterAll(() => api.stop());

const type = 'transaction.completed';
const seen = (n: number): ServerEvent => ({
  ...{ id: String(n), type, subject: `/v1/transactions/${n}`, time: '2026-11-21T09:30:00Z', data: { n } },
});

/** Begins a stream as the API does: with a comment, the pause, and CloudEvents. */
function stream(response: ServerResponse, ...ids: number[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 10\n\n: hello\n\n');
  for (const n of ids) {
    const { id, ...event } = seen(n);
    response.write(`id: ${id}\ndata: ${JSON.stringify({ specversion: '1.0', id, ...event })}\n\n`);
  }
}

async function take(
  count: number,
  options: Parameters<Florin['listen']>[0] = {},
  onEvent: (event: ServerEvent) => void = () => undefined,
): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of florin.listen(options)) {
    events.push(event);
    onEvent(event);
    if (events.length === count) break;
  }
  return events;
}

test('events are followed over broken, ended, refused and silent connections without a gap', async () => {
  let broken: ServerResponse | undefined;
  let isRefused = false;
  // By where the client is, as the API does it: a connection that fell silent too early just comes again.
  api.script = ({ headers }, response) => {
    switch (headers['last-event-id']) {
      case '0':
        stream(response, 1, 2);
        response.write('id: 3\ndata: {"n');
        broken = response;
        return;
      case '2':
        stream(response, 3);
        response.end();
        return;
      case '3':
        if (isRefused) return stream(response, 4);
        isRefused = true;
        return problem(response, 503, 'overloaded');
      default:
        // Behind 4 the first connection has nothing to say, and that one is silent.
        return stream(response, 5);
    }
  };
  const events = await take(5, { lastEventId: '0', silenceMs: 500 }, ({ id }) => {
    if (id === '2') broken?.destroy();
  });
  expect(events).toEqual([1, 2, 3, 4, 5].map(seen));
  const positions = api.seen.map(({ headers }) => headers['last-event-id']);
  expect([...new Set(positions)]).toEqual(['0', '2', '3', '4']);
  expect(isRefused).toBe(true);
  expect(api.seen[0]?.headers).toMatchObject({
    accept: 'text/event-stream',
    authorization: 'Bearer flk_test',
  });
});

test('a stream that the server closed before its first event goes on where it began', async () => {
  api.script = (_request, response, number) => {
    if (number > 1) return stream(response, 8);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('retry: 10\nid: 7\n\nevent: closed\ndata: {"code":"unauthenticated"}\n\n');
  };
  const types = [type, 'card.issued'];
  expect(await take(1, { types })).toEqual([seen(8)]);
  expect(api.seen.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
    ['/v1/events?types=transaction.completed%2Ccard.issued', undefined],
    ['/v1/events?types=transaction.completed%2Ccard.issued', '7'],
  ]);
});

test('a refusal ends the stream with its error', async () => {
  api.script = (_request, response) => problem(response, 403, 'forbidden');
  await expect(take(1)).rejects.toMatchObject({ code: 'forbidden' });
});

test('the signal of the caller ends the stream quietly, while it waits for the next event', async () => {
  const abort = new AbortController();
  api.script = (_request, response) => stream(response, 1);
  const events = florin.listen({ signal: abort.signal });
  expect(await events.next()).toEqual({ done: false, value: seen(1) });
  const next = events.next();
  abort.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
