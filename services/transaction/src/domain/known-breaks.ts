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
 *
 * @param known the oldest first
 */
export function sortBreaks(breaks: readonly BreakFacts[], known: readonly KnownBreak[]): SortedBreaks {
  const waiting = new Map<string, KnownBreak>();
  const newest = new Map<string, KnownBreak>();
  const knownFacts = new Set<string>();
  for (const one of known) {
    const which = whichOf(one);
    newest.set(which, one);
    if (one.status !== 'open' && one.status !== 'proposed') continue;
    waiting.set(which, one);
    knownFacts.add(which + statesOf(one));
  }
  // Only the newest: what was settled before it may be as it was then, after a correction there and another one back.
  for (const [which, one] of newest) knownFacts.add(which + statesOf(one));
  const fresh: BreakFacts[] = [];
  const renewed: { id: string; found: BreakFacts }[] = [];
  for (const found of breaks) {
    const which = whichOf(found);
    if (knownFacts.has(which + statesOf(found))) continue;
    const id = waiting.get(which)?.id;
    if (id === undefined) fresh.push(found);
    else renewed.push({ id, found });
  }
  return { fresh, renewed };
}

/** A payment that both sides have differs in one way at a time: each difference would license a correction of its own. */
function whichOf({ kind, paymentKind, transactionId, paymentId }: BreakFacts): string {
  const differs = kind === 'amount-differs' || kind === 'status-differs';
  return JSON.stringify([differs ? 'differs' : kind, paymentKind, transactionId, paymentId]);
}

/** What both sides say, to be compared with what they said before. */
export function statesOf({
  currency,
  providerAmount,
  ourAmount,
  providerStatus,
  ourStatus,
}: BreakFacts): string {
  return JSON.stringify([currency, providerAmount, ourAmount, providerStatus, ourStatus]);
}
