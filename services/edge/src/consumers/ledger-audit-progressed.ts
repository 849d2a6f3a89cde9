import type { LedgerAuditProgressed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { findForeignSeals } from '../db/find-foreign-seals.js';
import { insertLedgerFindings } from '../db/insert-ledger-findings.js';
import { projectLedgerAudits } from '../db/project-ledger-audits.js';
import { newestBy } from './newest-by.js';
import { reportFindings } from './report-findings.js';

/** Shows audits, and checks the newest seal of the ledger against the hash that was published when it was made. */
export function onLedgerAuditProgressed({
  clock,
}: {
  readonly clock: Clock;
}): ApplyBatch<LedgerAuditProgressed> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    await projectLedgerAudits(
      unit.tx,
      newestBy(
        events,
        (event) => event.auditId,
        (event) => event.meta.aggregateVersion,
      ),
    );
    const findings = events.flatMap(({ auditId, findings }) =>
      findings.map((finding) => ({ ...finding, auditId })),
    );
    const now = new Date(clock.now());
    await insertLedgerFindings(unit.tx, 'ledger', findings, now);
    const foreign = await findForeignSeals(unit.tx, events);
    const nothing = { walletId: null, sequence: null, entryId: null, currency: null };
    const detail = 'the newest seal of the ledger is not the one that was published';
    await reportFindings(
      unit,
      foreign.map((auditId) => ({ auditId, check: 'seals-differ-from-published', ...nothing, detail })),
      now,
    );
  };
}
