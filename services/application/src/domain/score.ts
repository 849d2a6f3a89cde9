import { allHold, type Facts } from './facts.js';
import type { ScoreStep } from './workflow.js';

export interface Score {
  readonly score: number;
  /** Names of the rules that counted, so that a decision can be explained. */
  readonly matched: readonly string[];
}

/** Adds the points of every rule whose conditions all hold. */
export function scoreOf(step: ScoreStep, facts: Facts): Score {
  const matched = step.rules.filter((rule) => allHold(facts, rule.when));
  return {
    score: matched.reduce((sum, rule) => sum + rule.points, step.base),
    matched: matched.map((rule) => rule.name),
  };
}
