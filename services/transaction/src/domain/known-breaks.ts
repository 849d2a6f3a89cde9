import { type Break, type BreakFacts, factsOf } from './reconcile.js';

/** A difference that an earlier file has found. */
export interface KnownBreak extends BreakFacts {
  readonly id: string;
  readonly status: 'open' | 'proposed' | 'adjusting' | 'resolved';
}

export interface SortedBreaks {
  readonly fresh: readonly Break[];
  /** Found before, and different by now: what was proposed about them is out of date. */
  readonly renewed: readonly { readonly id: string; readonly found: Break }[];
}

/**
 * Every difference is there once, whatever number of files show it: each could be corrected, and money would move as often.
 * One that was accepted, or that is being corrected, is not found again as long as both sides say the same.
 */
export function sortBreaks(breaks: readonly Break[], known: readonly KnownBreak[]): SortedBreaks {
  const knownOf = new Map<string, KnownBreak[]>();
  for (const one of known) {
    const same = knownOf.get(whichOf(one));
    if (same) same.push(one);
    else knownOf.set(whichOf(one), [one]);
  }
  const fresh: Break[] = [];
  const renewed: { id: string; found: Break }[] = [];
  for (const found of breaks) {
    const facts = factsOf(found);
    const same = knownOf.get(whichOf(facts)) ?? [];
    if (same.some((one) => statesOf(one) === statesOf(facts))) continue;
    const waiting = same.find(({ status }) => status === 'open' || status === 'proposed');
    if (waiting) renewed.push({ id: waiting.id, found });
    else fresh.push(found);
  }
  return { fresh, renewed };
}

function whichOf({ kind, paymentKind, transactionId, paymentId }: BreakFacts): string {
  return JSON.stringify([kind, paymentKind, transactionId, paymentId]);
}

function statesOf({ currency, providerAmount, ourAmount, providerStatus, ourStatus }: BreakFacts): string {
  return JSON.stringify([currency, providerAmount, ourAmount, providerStatus, ourStatus]);
}
