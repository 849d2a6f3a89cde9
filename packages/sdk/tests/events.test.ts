import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createFlorin, type Florin, type ServerEvent } from '../src/index.js';
import { problem, ScriptedApi } from './fake-api.js';

const api = new ScriptedApi();
let florin: Florin;

beforeAll(async () => {
  florin = createFlorin({ baseUrl: await api.start(), token: 'flk_test', retry: { baseDelayMs: 1 } });
});
beforeEach(() => api.reset());
afterAll(() => api.stop());

function stream(response: ServerResponse, ...ids: number[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 10\n\n: hello\n\n');
  for (const id of ids)
    response.write(`id: ${id}\nevent: transaction.completed\ndata: {"n":\ndata: ${id}}\n\n`);
}

async function take(count: number, options: Parameters<Florin['listen']>[0] = {}): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of florin.listen(options)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

test('events are followed over broken, ended and silent connections without a gap', async () => {
  api.script = (_request, response, number) => {
    if (number === 1) {
      stream(response, 1, 2);
      response.write('id: 3\ndata: {"n', () => setTimeout(() => response.destroy(), 20));
    } else if (number === 2) {
      stream(response, 3);
      response.end();
    } else if (number === 3) problem(response, 503, 'overloaded');
    else if (number === 4) stream(response, 4);
    else stream(response, 5);
  };
  const events = await take(5, { lastEventId: '0', silenceMs: 200 });
  expect(events).toEqual(
    [1, 2, 3, 4, 5].map((n) => ({ id: String(n), type: 'transaction.completed', data: { n } })),
  );
  expect(api.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '2', '3', '3', '4']);
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
  const types = ['transaction.completed', 'card.issued'];
  expect(await take(1, { types })).toEqual([{ id: '8', type: 'transaction.completed', data: { n: 8 } }]);
  expect(api.seen.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
    ['/v1/events?types=transaction.completed%2Ccard.issued', undefined],
    ['/v1/events?types=transaction.completed%2Ccard.issued', '7'],
  ]);
});

test('a refusal ends the stream with its error', async () => {
  api.script = (_request, response) => problem(response, 403, 'forbidden');
  await expect(take(1)).rejects.toMatchObject({ code: 'forbidden' });
});

test('the signal of the caller ends the stream quietly', async () => {
  const abort = new AbortController();
  api.script = (_request, response) => {
    stream(response, 1);
    setTimeout(() => abort.abort(), 50);
  };
  expect(await take(2, { signal: abort.signal })).toHaveLength(1);
});
