import { describe, expect, test } from '@jest/globals';
import { decide } from './decision.js';
import type { Facts } from './facts.js';
import { type DecisionStep, decisionStepSchema } from './workflow.js';

const step: DecisionStep = decisionStepSchema.parse({
  name: 'decision',
  kind: 'decision',
  declineWhen: [
    { reason: 'rejected', when: [{ fact: '/steps/kyc/outcome', operator: 'eq', value: 'rejected' }] },
  ],
  reviewWhen: [
    { reason: 'uncertain', when: [{ fact: '/steps/kyc/outcome', operator: 'eq', value: 'review' }] },
  ],
  thresholds: { fact: '/steps/score/score', approveFrom: 70, declineBelow: 40 },
});
const given = (outcome: string, score?: number): Facts => ({
  data: {},
  steps: { kyc: { outcome }, ...(score === undefined ? {} : { score: { score } }) },
  decision: null,
});

describe('a decision', () => {
  test.each([
    ['clear', 70, { outcome: 'approved', reason: null }],
    ['clear', 69, { outcome: 'manual', reason: 'score-in-between' }],
    ['clear', 40, { outcome: 'manual', reason: 'score-in-between' }],
    ['clear', 39, { outcome: 'declined', reason: 'score-too-low' }],
    ['clear', undefined, { outcome: 'manual', reason: 'score-missing' }],
    ['review', 99, { outcome: 'manual', reason: 'uncertain' }],
    ['rejected', 99, { outcome: 'declined', reason: 'rejected' }],
  ])('given KYC %s and score %p, is %j', (kyc, score, verdict) => {
    expect(decide(step, given(kyc, score))).toEqual(verdict);
  });

  test('given no thresholds, approves what nothing speaks against', () => {
    const { thresholds: _, ...free } = step;
    expect(decide(free, given('clear'))).toEqual({ outcome: 'approved', reason: null });
  });
});
