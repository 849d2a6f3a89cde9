import { describe, expect, test } from '@jest/globals';
import { EventParser } from '../src/event-parser.js';

/** Everything that a stream says when it comes in pieces of `size`. */
function parse(text: string, size: number) {
  const parser = new EventParser(undefined);
  const events = [];
  for (let i = 0; i < text.length; i += size) events.push(...parser.feed(text.slice(i, i + size)));
  return { events, lastEventId: parser.lastEventId, retryMs: parser.retryMs };
}

const stream = [
  ': a comment',
  'retry: 10',
  'id: 6',
  '',
  'id: 7',
  'event: card.issued',
  'data: {"n":',
  'data: 7}',
  '',
  'data:without a space',
  'unknown: field',
  'data',
  '',
  'event: nothing to say',
  '',
  'id: 8',
  'retry: soon',
  '',
  'id: 9',
  'data: unfinished',
];

describe.each(['\n', '\r\n', '\r'])('a stream whose lines end with %j', (end) => {
  test.each([1, 2, 3, 7, 1_000])('in pieces of %d', (size) => {
    expect(parse(stream.join(end), size)).toEqual({
      events: [
        { id: '7', event: 'card.issued', data: '{"n":\n7}' },
        { id: '7', event: 'message', data: 'without a space\n' },
      ],
      // The block of 9 is not complete: its event has to come again.
      lastEventId: '8',
      retryMs: 10,
    });
  });
});

test('an id with a NUL is ignored, an empty one forgets the one before', () => {
  const parser = new EventParser('5');
  expect([...parser.feed('id: a\0b\ndata: x\n\n')]).toEqual([{ id: '5', event: 'message', data: 'x' }]);
  expect([...parser.feed('id\ndata: y\n\n')]).toEqual([{ id: '', event: 'message', data: 'y' }]);
});
