import { allHold, type Facts, factAt } from './facts.js';
import type { DecisionStep } from './workflow.js';

export type Verdict =
  | { readonly outcome: 'approved'; readonly reason: string | null }
  | { readonly outcome: 'declined'; readonly reason: string }
  | { readonly outcome: 'manual'; readonly reason: string };

/** Grounds to decline come before grounds for a review, and both before the score. */
export function decide(step: DecisionStep, facts: Facts): Verdict {
  const decline = step.declineWhen.find(({ when }) => allHold(facts, when));
  if (decline) return { outcome: 'declined', reason: decline.reason };
  const review = step.reviewWhen.find(({ when }) => allHold(facts, when));
  if (review) return { outcome: 'manual', reason: review.reason };
  if (!step.thresholds) return { outcome: 'approved', reason: null };

  const { fact, approveFrom, declineBelow } = step.thresholds;
  const score = factAt(facts, fact);
  // A score that is missing is no reason to decline anybody, and none to approve either.
  if (typeof score !== 'number') return { outcome: 'manual', reason: 'score-missing' };
  if (score >= approveFrom) return { outcome: 'approved', reason: null };
  if (score < declineBelow) return { outcome: 'declined', reason: 'score-too-low' };
  return { outcome: 'manual', reason: 'score-in-between' };
}
