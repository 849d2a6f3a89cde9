import { describe, expect, test } from '@jest/globals';
import { type ChainedAction, chain, emptyChain, type OperatorAction, verify } from './audit-chain.js';

const action = (subject: string): OperatorAction => ({
  id: `id of ${subject}`,
  actor: 'key:one',
  action: 'dead-letter.discard',
  subject,
  reason: 'obsolete',
  detail: { topic: 't', offset: 7, nested: { b: 1, a: [2, { d: 3, c: null }] } },
  occurredAt: new Date('2026-01-02T03:04:05.678Z'),
});
const rows = chain(emptyChain, ['a', 'b', 'c', 'd'].map(action));
const changed = (index: number, change: Partial<ChainedAction>): ChainedAction[] =>
  rows.map((row, i) => (i === index ? { ...row, ...change } : row));

describe('an audit chain', () => {
  test('given untouched rows, is intact and ends at the last', () => {
    expect(verify(emptyChain, rows)).toEqual({ head: { sequence: 4, hash: rows[3]!.hash }, brokenAt: null });
  });

  test('given rows in two parts, goes on where the first ended', () => {
    const longer = chain({ sequence: 4, hash: rows[3]!.hash }, [action('e')]);
    expect(verify(emptyChain, [...rows, ...longer])).toMatchObject({ head: { sequence: 5 } });
  });

  test('given the keys of the detail in another order, is intact', () => {
    const detail = { nested: { a: [2, { c: null, d: 3 }], b: 1 }, offset: 7, topic: 't' };
    expect(verify(emptyChain, changed(1, { detail }))).toMatchObject({ brokenAt: null });
  });

  test.each<[string, Partial<ChainedAction>]>([
    ['actor', { actor: 'key:two' }],
    ['action', { action: 'dead-letter.replay' }],
    ['subject', { subject: 'x' }],
    ['reason', { reason: null }],
    ['detail', { detail: { topic: 'u' } }],
    ['time', { occurredAt: new Date('2026-01-02T03:04:05.679Z') }],
    ['hash', { hash: Buffer.alloc(32) }],
  ])('given another %s, is broken at that row', (_field, change) => {
    expect(verify(emptyChain, changed(1, change))).toMatchObject({ head: { sequence: 1 }, brokenAt: 2 });
  });

  test('given a missing, a moved or a forged row, is broken there', () => {
    expect(verify(emptyChain, [rows[0]!, rows[2]!, rows[3]!])).toMatchObject({
      head: { sequence: 1 },
      brokenAt: 2,
    });
    expect(verify(emptyChain, [rows[0]!, rows[2]!, rows[1]!, rows[3]!])).toMatchObject({
      head: { sequence: 1 },
      brokenAt: 2,
    });
    // Whoever recomputes the hash of one row breaks the next.
    const [forged] = chain({ sequence: 1, hash: rows[0]!.hash }, [action('x')]);
    expect(verify(emptyChain, [rows[0]!, forged!, ...rows.slice(2)])).toMatchObject({
      head: { sequence: 2 },
      brokenAt: 3,
    });
  });
});
