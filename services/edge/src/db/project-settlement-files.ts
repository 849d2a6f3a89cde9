import type { SettlementFileImported } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { SettlementFileRow } from '../read-models/settlement-file.js';

/** Ends imports in the read model, at most one event for each, and returns those that were not ended before. */
export async function projectSettlementFiles(
  tx: Transaction,
  events: readonly SettlementFileImported[],
): Promise<readonly SettlementFileRow[]> {
  const { rows } = await tx.query<SettlementFileRow>({
    name: 'project-settlement-files',
    text: `INSERT INTO settlement_files AS known
             (id, external_id, settlement_date, status, refusal_reason, line_count, matched_count, break_count,
              imported_by, created_at, imported_at)
           SELECT u.*, u.imported_at
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                         $8::bigint[], $9::text[], $10::timestamptz[])
                  AS u (id, external_id, settlement_date, status, reason, lines, matched, breaks, imported_by, imported_at)
           ON CONFLICT (id) DO UPDATE SET
             status = excluded.status, refusal_reason = excluded.refusal_reason, line_count = excluded.line_count,
             matched_count = excluded.matched_count, break_count = excluded.break_count,
             imported_at = excluded.imported_at
           WHERE known.status = 'pending'
           RETURNING id, external_id AS "externalId", settlement_date AS "settlementDate", status,
             refusal_reason AS "refusalReason", line_count AS "lineCount", matched_count AS "matchedCount",
             break_count AS "breakCount", imported_by AS "importedBy", created_at AS "createdAt",
             imported_at AS "importedAt"`,
    values: [
      events.map((event) => event.settlementFileId),
      events.map((event) => event.externalId),
      events.map((event) => event.settlementDate),
      events.map((event) => event.status),
      events.map((event) => event.reason),
      events.map((event) => event.lineCount),
      events.map((event) => event.matchedCount),
      events.map((event) => event.breakCount),
      events.map((event) => event.importedBy),
      events.map((event) => new Date(event.importedAt)),
    ],
  });
  return rows;
}
