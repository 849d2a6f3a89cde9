import type { LedgerAuditRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { projectRefusedAudits } from '../db/project-refused-audits.js';

/** Whoever asked for the audit is told why there is none. */
export function onLedgerAuditRefused({ clock }: { readonly clock: Clock }): ApplyBatch<LedgerAuditRefused> {
  return async (unit, messages) => {
    await projectRefusedAudits(
      unit.tx,
      messages.map(({ value }) => value),
      new Date(clock.now()),
    );
  };
}
