import type { Books } from './books.js';
import { decideBulk } from './bulk.js';
import { decideCommand, isDecided } from './decide-command.js';
import type { Decision, HoldState } from './decision.js';
import type { LedgerCommand } from './ledger-command.js';

export interface BatchDecision {
  /** In arrival order; none for what was decided before, and one for each item of a bulk besides its own. */
  readonly decisions: readonly Decision[];
  /** The holds that have changed, as they are now. */
  readonly holds: readonly HoldState[];
}

/**
 * Decides commands in arrival order and moves the books: each command sees what the ones before it left. Pure but for the books: the
 * caller locks and loads before, and writes the outcome after.
 * @throws TermsConflictError when a business key comes back with other terms
 */
export function decideBatch(books: Books, commands: readonly LedgerCommand[], now: number): BatchDecision {
  const decisions: Decision[] = [];
  for (const command of commands) {
    if (isDecided(books, command)) continue;
    if (command.kind === 'bulk') {
      decisions.push(...decideBulk(books, command, now));
    } else {
      const decision = decideCommand(books, command, now);
      if (decision) decisions.push(decision);
    }
  }
  return { decisions, holds: books.takeChangedHolds() };
}
