import { Books, type OpeningBooks } from './books.js';
import { decideBulk } from './bulk.js';
import { decideCommand, isDecided } from './decide-command.js';
import type { Decision, HoldState } from './decision.js';
import type { LedgerCommand } from './ledger-command.js';

export interface BatchDecision {
  /** In arrival order; none for what was decided before, and one for each item of a bulk besides its own. */
  readonly decisions: readonly Decision[];
  /** The holds that have changed, as they are after the batch. */
  readonly holds: readonly HoldState[];
}

/**
 * Decides a batch in arrival order: each command sees what the ones before it left. Pure: the caller locks and loads
 * before, and writes the outcome after.
 * @throws TermsConflictError when a business key comes back with other terms
 */
export function decideBatch(
  opening: OpeningBooks,
  commands: readonly LedgerCommand[],
  now: number,
): BatchDecision {
  const books = Books.open(opening);
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
  return { decisions, holds: books.changedHolds };
}
