import { type QuoteTransfer, TransferQuoted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
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
  const admissions = await rehearseAdmission(unit.tx, applicants, context.clock.now());
  admissions.forEach((admission, i) => {
    const cause = messages[i]!;
    const { quoteId } = cause.value;
    const outcome = admission.admitted
      ? { fee: admission.fee, declineReason: null }
      : { fee: 0, declineReason: admission.reason };
    unit.send(TransferQuoted, quoteId, { quoteId, ...outcome }, { cause });
  });
}
