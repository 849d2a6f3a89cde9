import { createHash } from 'node:crypto';

export interface CreditReport {
  /** 300 (worst) to 850 (best). */
  readonly creditScore: number;
  readonly openDefaults: number;
  readonly openAccounts: number;
}

const worst = 300;
const best = 850;

/**
 * Deterministic, so that a demo can steer it: the last three digits of the national id are the credit score, held
 * within 300 to 850 ("…780" is good, "…640" middling, "…400" poor with open defaults). An id without three digits at
 * its end gets a score from its hash.
 */
export function reportFor(nationalId: string): CreditReport {
  const digits = /(\d{3})$/.exec(nationalId)?.[1];
  const wished = digits === undefined ? scoreFromHash(nationalId) : Number(digits);
  const creditScore = Math.min(best, Math.max(worst, wished));
  return { creditScore, openDefaults: creditScore < 500 ? 2 : 0, openAccounts: 1 + (creditScore % 5) };
}

function scoreFromHash(nationalId: string): number {
  return worst + (createHash('sha256').update(nationalId).digest().readUInt16BE() % (best - worst + 1));
}
