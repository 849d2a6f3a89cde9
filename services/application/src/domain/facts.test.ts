import { describe, expect, test } from '@jest/globals';
import { allHold, type Condition, type Facts, factAt } from './facts.js';

const facts: Facts = {
  data: { income: 100, 'a/b': 1, job: 'employed' },
  steps: { kyc: { outcome: 'clear' } },
  decision: null,
};

describe('a fact', () => {
  test.each([
    ['/data/income', 100],
    ['/data/a~1b', 1],
    ['/steps/kyc/outcome', 'clear'],
    ['/steps/bureau/score', undefined],
    ['/decision/outcome', undefined],
    ['/data/constructor', undefined],
    ['/data/__proto__/x', undefined],
  ])('at %s is %p', (pointer, value) => {
    expect(factAt(facts, pointer)).toBe(value);
  });
});

describe('conditions', () => {
  const fact = '/data/income';
  const cases: [Condition, boolean][] = [
    [{ fact, operator: 'eq', value: 100 }, true],
    [{ fact, operator: 'ne', value: 100 }, false],
    [{ fact, operator: 'gte', value: 100 }, true],
    [{ fact, operator: 'gt', value: 100 }, false],
    [{ fact, operator: 'lte', value: 100 }, true],
    [{ fact, operator: 'lt', value: 100 }, false],
    [{ fact: '/data/job', operator: 'in', value: ['employed'] }, true],
    [{ fact: '/data/job', operator: 'gt', value: 1 }, false],
    [{ fact: '/data/none', operator: 'lt', value: 1 }, false],
    [{ fact: '/data/none', operator: 'ne', value: 'x' }, true],
    [{ fact: '/data/none', operator: 'present', value: false }, true],
  ];
  test.each(cases)('given %j, hold: %p', (condition, expected) => {
    expect(allHold(facts, [condition])).toBe(expected);
  });

  test('given none, hold; given one that does not, do not', () => {
    expect(allHold(facts, [])).toBe(true);
    expect(
      allHold(
        facts,
        cases.slice(0, 2).map(([condition]) => condition),
      ),
    ).toBe(false);
  });
});
