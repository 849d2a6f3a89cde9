import { LedgerFindingsReported } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { insertLedgerFindings, type NewFinding } from '../db/insert-ledger-findings.js';

/** A copy that differs everywhere is told in several messages. */
const findingsPerMessage = 100;

/** Keeps what the edge has found in its copies of the ledger, and tells whoever listens, as the ledger does with its own. */
export async function reportFindings(
  unit: UnitOfWork,
  findings: readonly NewFinding[],
  foundAt: Date,
): Promise<void> {
  await insertLedgerFindings(unit.tx, 'edge', findings, foundAt);
  for (const auditId of new Set(findings.map((finding) => finding.auditId))) {
    const own = findings.filter((finding) => finding.auditId === auditId);
    for (let i = 0; i < own.length; i += findingsPerMessage) {
      const some = own.slice(i, i + findingsPerMessage).map(({ auditId: _, ...finding }) => finding);
      unit.send(LedgerFindingsReported, auditId, { auditId, source: 'edge', findings: some });
    }
  }
}
