import type { BreakFacts } from './reconcile.js';

/** A difference that an earlier file has found. */
export interface KnownBreak extends BreakFacts {
  readonly id: string;
  readonly status: 'open' | 'proposed' | 'adjusting' | 'resolved';
}

export interface SortedBreaks {
  readonly fresh: readonly BreakFacts[];
  /** Found before, and different by now: what was proposed about them is out of date. */
  readonly renewed: readonly { readonly id: string; readonly found: BreakFacts }[];
}

/**
 * Every difference is there once, whatever number of files show it: each could be corrected, and money would move as often.
 * One that was accepted, or that is being corrected, is not found again as long as both sides say the same.
 */
export function sortBreaks(breaks: readonly BreakFacts[], known: readonly KnownBreak[]): SortedBreaks {
  const knownFacts = new Set(known.map((one) => whichOf(one) + statesOf(one)));
  const waiting = new Map<string, string>();
  for (const one of known) {
    const mayFollow = one.status === 'open' || one.status === 'proposed';
    if (mayFollow && !waiting.has(whichOf(one))) waiting.set(whichOf(one), one.id);
  }
  const fresh: BreakFacts[] = [];
  const renewed: { id: string; found: BreakFacts }[] = [];
  for (const found of breaks) {
    const which = whichOf(found);
    if (knownFacts.has(which + statesOf(found))) continue;
    const id = waiting.get(which);
    if (id === undefined) fresh.push(found);
    else renewed.push({ id, found });
  }
  return { fresh, renewed };
}

function whichOf({ kind, paymentKind, transactionId, paymentId }: BreakFacts): string {
  return JSON.stringify([kind, paymentKind, transactionId, paymentId]);
}

function statesOf({ currency, providerAmount, ourAmount, providerStatus, ourStatus }: BreakFacts): string {
  return JSON.stringify([currency, providerAmount, ourAmount, providerStatus, ourStatus]);
}
