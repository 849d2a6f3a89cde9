import { BalancesAudited, LedgerAuditProgressed, LedgerAuditRefused, LedgerSealed } from '@florin/contracts';
import { type Handler, handle } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { insertLedgerSeals } from '../db/insert-ledger-seals.js';
import { onBalancesAudited } from './balances-audited.js';
import { onLedgerAuditProgressed } from './ledger-audit-progressed.js';
import { onLedgerAuditRefused } from './ledger-audit-refused.js';

/** What the auditor of the ledger says, and what the edge checks by it. */
export function ledgerChecks(options: { readonly clock: Clock }): readonly Handler[] {
  return [
    handle(LedgerAuditProgressed, onLedgerAuditProgressed(options)),
    handle(LedgerAuditRefused, onLedgerAuditRefused(options)),
    handle(BalancesAudited, onBalancesAudited(options)),
    handle(LedgerSealed, (unit, messages) =>
      insertLedgerSeals(
        unit.tx,
        messages.map(({ value }) => value),
      ),
    ),
  ];
}
