import { decideAdjustment } from './adjustment.js';
import type { Books } from './books.js';
import type { DecidedTransfer, Decision } from './decision.js';
import { captureHold, expireHold, incrementHold, placeHold, voidHold } from './hold.js';
import type { BulkCommand, LedgerCommand, SingleCommand } from './ledger-command.js';
import { decideReversal } from './reversal.js';
import { sameTerms, TermsConflictError } from './terms.js';
import { decideDeposit, decideTransfer, declined } from './transfer.js';

/** Decides one command and moves the books; undefined when there is nothing to decide. */
export function decideCommand(
  books: Books,
  command: SingleCommand,
  now: number,
  bulkId: string | null = null,
): Decision | undefined {
  const isLate = command.deadlineAt !== null && now > command.deadlineAt;
  // What it would have come to is decided on a fork that nobody adopts: the record of the refusal needs its facts.
  const decision = judge(isLate ? books.fork() : books, command, now, bulkId);
  if (!decision) return undefined;
  const final = isLate ? declined(decision.transfer, 'deadline-exceeded') : decision;
  books.putDecided(final.transfer);
  return final;
}

/**
 * Whether the business key of a command was decided before, in an earlier batch or in this one.
 * @throws TermsConflictError when it was on other terms
 */
export function isDecided(books: Books, command: LedgerCommand): boolean {
  const earlier = books.transfer(command.transactionId);
  if (!earlier) return false;
  const isSame =
    sameTerms(command, earlier) && (command.kind !== 'bulk' || hasSameItems(books, command, earlier));
  if (!isSame) throw new TermsConflictError(command.transactionId);
  return true;
}

/** A bulk was decided with all of its items; one that was refused as a whole has left none behind to compare. */
function hasSameItems(books: Books, bulk: BulkCommand, { declineReason }: DecidedTransfer): boolean {
  if (declineReason === 'bulk-invalid') return true;
  return bulk.items.every((item) => {
    const earlier = books.transfer(item.transactionId);
    return earlier !== undefined && sameTerms(item, earlier);
  });
}

function judge(
  books: Books,
  command: SingleCommand,
  now: number,
  bulkId: string | null,
): Decision | undefined {
  switch (command.kind) {
    case 'transfer':
      return decideTransfer(books, command, bulkId);
    case 'deposit':
      return decideDeposit(books, command);
    case 'hold':
      return placeHold(books, command, now);
    case 'increment':
      return incrementHold(books, command, now);
    case 'capture':
      return captureHold(books, command, now);
    case 'void':
      return voidHold(books, command, now);
    case 'expiry':
      return expireHold(books, command, now);
    case 'adjustment':
      return decideAdjustment(books, command);
    case 'reversal':
      return decideReversal(books, command);
  }
}
