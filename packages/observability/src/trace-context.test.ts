import { expect, test } from '@jest/globals';
import { childTraceparent, newTraceparent, traceIdOf } from './trace-context.js';

test('given many traces, no two share an id', () => {
  const ids = Array.from({ length: 2_000 }, () => traceIdOf(newTraceparent()));
  expect(new Set(ids).size).toBe(2_000);
  expect(ids).not.toContain(undefined);
});

test('given a parent, the child keeps trace and flags and has a span of its own', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  const children = Array.from({ length: 1_000 }, () => childTraceparent(parent));
  expect(new Set(children).size).toBe(1_000);
  for (const child of children) {
    expect(child).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
  }
});

test.each([
  undefined,
  '',
  'garbage',
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
])('given %p as parent, a new trace starts', (parent) => {
  expect(traceIdOf(childTraceparent(parent))).toMatch(/^[0-9a-f]{32}$/);
  expect(traceIdOf(parent)).toBeUndefined();
});
