import type { LedgerFinding } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { v7 as uuidv7 } from 'uuid';

export interface NewFinding extends LedgerFinding {
  readonly auditId: string;
}

/** Stores what an audit has found, in the ledger or in the copies that the edge keeps. */
export async function insertLedgerFindings(
  tx: Transaction,
  source: 'ledger' | 'edge',
  findings: readonly NewFinding[],
  foundAt: Date,
): Promise<void> {
  if (findings.length === 0) return;
  await tx.query({
    name: 'insert-ledger-findings',
    text: `INSERT INTO ledger_findings
             (source, found_at, id, audit_id, check_name, wallet_id, sequence, entry_id, currency, detail)
           SELECT $1, $2, * FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::uuid[],
                                        $9::text[], $10::text[])`,
    values: [
      source,
      foundAt,
      findings.map(() => uuidv7()),
      findings.map((finding) => finding.auditId),
      findings.map((finding) => finding.check),
      findings.map((finding) => finding.walletId),
      findings.map((finding) => finding.sequence),
      findings.map((finding) => finding.entryId),
      findings.map((finding) => finding.currency),
      findings.map((finding) => finding.detail),
    ],
  });
}
