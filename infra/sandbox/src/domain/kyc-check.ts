export type KycOutcome = 'clear' | 'review' | 'rejected';

export interface KycSubject {
  readonly fullName: string;
  /** ISO 8601 date. */
  readonly dateOfBirth?: string | undefined;
}

export interface KycResult {
  readonly outcome: KycOutcome;
  readonly reasons: readonly string[];
}

const adultYears = 18;

/**
 * Deterministic, so that a demo can steer it: a name that holds the word "sanctioned" is rejected, one that holds
 * "review" needs a second look, a minor is rejected, everybody else is clear.
 */
export function checkIdentity(subject: KycSubject, today: Date): KycResult {
  if (/\bsanctioned\b/i.test(subject.fullName))
    return { outcome: 'rejected', reasons: ['sanctions-list-hit'] };
  if (subject.dateOfBirth !== undefined && ageOf(subject.dateOfBirth, today) < adultYears) {
    return { outcome: 'rejected', reasons: ['under-age'] };
  }
  if (/\breview\b/i.test(subject.fullName)) return { outcome: 'review', reasons: ['name-match-uncertain'] };
  return { outcome: 'clear', reasons: [] };
}

function ageOf(dateOfBirth: string, today: Date): number {
  const born = new Date(`${dateOfBirth}T00:00:00Z`);
  const years = today.getUTCFullYear() - born.getUTCFullYear();
  const birthday = Date.UTC(today.getUTCFullYear(), born.getUTCMonth(), born.getUTCDate());
  return today.getTime() < birthday ? years - 1 : years;
}
