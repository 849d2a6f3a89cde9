import { type AuditLedger, LedgerAuditRefused } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { findWalletIds } from '../db/find-wallet-ids.js';
import { type AuditKind, insertAudits, type NewAudit } from '../db/insert-audits.js';

const kinds: ReadonlySet<string> = new Set<AuditKind>(['books', 'chain']);

/**
 * Queues audits for the job: they may take minutes, and postings wait for this consumer. An audit of a wallet that does
 * not exist is refused: it would find nothing, and pass.
 */
export async function auditLedger(
  context: Pick<WalletContext, 'clock' | 'wakeAudits'>,
  unit: UnitOfWork,
  messages: readonly Received<AuditLedger>[],
): Promise<void> {
  const known = await findWalletIds(
    unit.tx,
    messages.flatMap(({ value }) => value.walletId ?? []),
  );
  const audits: NewAudit[] = [];
  for (const cause of messages) {
    const { auditId, kind, walletId } = cause.value;
    if (!isAuditKind(kind)) throw new PermanentError('audit-kind-unknown', `there is no audit of ${kind}`);
    if (walletId === null || known.has(walletId)) {
      audits.push({ id: auditId, kind, walletId });
    } else {
      const reason = 'wallet-not-found';
      unit.send(LedgerAuditRefused, auditId, { auditId, kind, walletId, reason }, { cause });
    }
  }
  if (audits.length === 0) return;
  await insertAudits(unit.tx, audits, new Date(context.clock.now()));
  unit.afterCommit(() => context.wakeAudits());
}

function isAuditKind(kind: string): kind is AuditKind {
  return kinds.has(kind);
}
