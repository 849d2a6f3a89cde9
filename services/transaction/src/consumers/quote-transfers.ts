import { type QuoteTransfer, TransferQuoted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { findFxQuotes } from '../db/find-fx-quotes.js';
import { rehearse } from '../domain/rehearsal.js';
import { rehearseAdmission } from './admit-all.js';

/** Says what transfers would cost and whether rules and limits would let them through. Nothing is stored or counted. */
export async function quoteTransfers(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<QuoteTransfer>[],
): Promise<void> {
  const applicants = messages.map(({ value }) => ({
    ...value,
    transactionId: value.quoteId,
    ownerId: value.sourceOwnerId,
    timeZone: value.sourceTimeZone,
    deadlineAt: value.meta.deadlineAt,
  }));
  const now = context.clock.now();
  const admissions = await rehearseAdmission(unit.tx, applicants, now);
  const fxQuoteIds = messages.flatMap(({ value }) => value.fxQuoteId ?? []);
  const fxQuotes = fxQuoteIds.length === 0 ? new Map() : await findFxQuotes(unit.tx, fxQuoteIds);
  applicants.forEach((applicant, i) => {
    const { quoteId, fxQuoteId } = applicant;
    const outcome = rehearse(applicant, fxQuotes.get(fxQuoteId ?? ''), admissions[i]!, now);
    unit.send(TransferQuoted, quoteId, { quoteId, ...outcome }, { cause: messages[i]! });
  });
}
