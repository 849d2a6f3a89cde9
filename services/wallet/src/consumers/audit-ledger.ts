import type { AuditLedger } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { type AuditKind, insertAudits } from '../db/insert-audits.js';

const kinds: ReadonlySet<string> = new Set<AuditKind>(['books', 'chain']);

/** Queues audits for the job: they may take minutes, and postings wait for this consumer. */
export async function auditLedger(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<AuditLedger>[],
): Promise<void> {
  const audits = messages.map(({ value: { auditId, kind, walletId } }) => {
    if (!isAuditKind(kind)) throw new PermanentError('audit-kind-unknown', `there is no audit of ${kind}`);
    return { id: auditId, kind, walletId };
  });
  await insertAudits(unit.tx, audits, new Date(context.clock.now()));
  unit.afterCommit(() => context.wakeAudits());
}

function isAuditKind(kind: string): kind is AuditKind {
  return kinds.has(kind);
}
