import { describe, expect, test } from '@jest/globals';
import { compatibilityProblems, release, unreleasedSubjects } from './schema-compatibility.js';

const subject = 'wallet.events-florin.wallet.events.WalletOpened';

function schema(...fields: object[]): object {
  return { type: 'record', name: 'WalletOpened', namespace: 'florin.wallet.events', fields };
}
const walletId = { name: 'walletId', type: 'string' };
const amount = { name: 'amount', type: 'long' };
const version1 = schema(walletId, amount);

describe('a changed schema', () => {
  const problems = (...versions: object[]) =>
    compatibilityProblems({ [subject]: versions.slice(0, -1) }, { [subject]: versions.at(-1) });

  test('may get a field with a default', () => {
    const name = { name: 'name', type: ['null', 'string'], default: null };
    expect(problems(version1, schema(walletId, amount, name))).toEqual([]);
  });

  test('may lose a field', () => {
    expect(problems(version1, schema(walletId))).toEqual([]);
  });

  test('may not get a field without a default', () => {
    const found = problems(version1, schema(walletId, amount, { name: 'ownerId', type: 'string' }));
    expect(found).toEqual([expect.stringContaining(`${subject} cannot read messages of its version 1`)]);
  });

  test('may not narrow the type of a field', () => {
    expect(problems(version1, schema(walletId, { name: 'amount', type: 'int' }))).toHaveLength(1);
  });

  test('is compared with every released version, not only with the last', () => {
    const optional = schema(walletId, { ...amount, default: 0 });
    // Each step alone is allowed, but what version 1 wrote could no longer be read.
    const steps = [schema(walletId), optional, version1];
    expect(problems(...steps)).toEqual([expect.stringContaining('version 1')]);
  });

  test('may not disappear', () => {
    expect(compatibilityProblems({ [subject]: [version1] }, {})).toEqual([
      expect.stringContaining('was removed'),
    ]);
  });
});

describe('releasing', () => {
  test('adds a version when the schema has changed, and only then', () => {
    const version2 = schema(walletId);
    const released = release({ [subject]: [version1] }, { [subject]: version2 });
    expect(released).toEqual({ [subject]: [version1, version2] });
    expect(release(released, { [subject]: version2 })).toEqual(released);
    expect(unreleasedSubjects(released, { [subject]: version2 })).toEqual([]);
    expect(unreleasedSubjects(released, { [subject]: version1 })).toEqual([subject]);
  });
});
