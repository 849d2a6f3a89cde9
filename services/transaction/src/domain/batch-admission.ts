import { type Admission, type AdmissionRequest, admit, refused, type Terms } from './admission.js';
import type { NamedQuote } from './batch-quotes.js';
import type { DailyCounters, Demand, Share } from './limits.js';

/** Decides about one transaction without regard to what it has in common with others. */
export type Admit = (request: AdmissionRequest, terms: Terms | undefined, now: number) => Admission;

/** A transaction of a batch that wants to be admitted. */
export interface Candidate extends AdmissionRequest {
  /** Undefined for an unknown type. */
  readonly terms: Terms | undefined;
  /** Undefined when no daily limit applies, or when it has taken its share before. */
  readonly demand: Demand | undefined;
  /** All neighbours with the same name are admitted, or none of them takes anything; null when it stands for itself. */
  readonly allOrNone: string | null;
  /** Undefined when it needs none. */
  readonly quote?: NamedQuote | undefined;
}

/** What was decided, the version of the type it was decided by, and what it took of daily limits. */
export type Admitted = Admission & {
  readonly typeVersion: number | null;
  readonly limitShares: readonly Share[];
};

/** Decides about a batch in arrival order: what is refused leaves the limits to those behind it. */
export function admitBatch(
  candidates: readonly Candidate[],
  counters: DailyCounters,
  now: number,
  admitOne: Admit = admit,
): Admitted[] {
  return groupsOf(candidates).flatMap((group) => {
    const decide = () => group.map((candidate) => counted(candidate, counters, now, admitOne));
    if (group[0]!.allOrNone === null) return decide();
    let decided: Admitted[] = [];
    const isWhole = counters.tentatively(() => {
      decided = decide();
      return decided.every(({ admitted }) => admitted);
    });
    return isWhole ? decided : decided.map((one) => ({ ...one, limitShares: [] }));
  });
}

function counted(candidate: Candidate, counters: DailyCounters, now: number, admitOne: Admit): Admitted {
  const { terms, demand, quote } = candidate;
  const refusal = quote?.refuse(now);
  if (refusal) return { typeVersion: null, limitShares: [], ...refused(refusal) };
  const typeVersion = terms?.version ?? null;
  const admission = admitOne(candidate, terms, now);
  if (!admission.admitted) return { typeVersion, limitShares: [], ...admission };
  const limitShares = demand ? counters.take(demand, now) : [];
  if (!limitShares) return { typeVersion, limitShares: [], ...refused('limit-exceeded') };
  // Last of all: a transfer that is refused leaves its quote to another.
  quote?.use();
  return { typeVersion, limitShares, ...admission };
}

function groupsOf(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (const candidate of candidates) {
    const last = groups.at(-1);
    if (candidate.allOrNone !== null && last?.[0]?.allOrNone === candidate.allOrNone) last.push(candidate);
    else groups.push([candidate]);
  }
  return groups;
}
