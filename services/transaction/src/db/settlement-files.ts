import { createHash } from 'node:crypto';
import type { Transaction } from '@florin/database';

export interface SettlementFile {
  readonly id: string;
  readonly externalId: string;
  /** As 2026-11-21, UTC. */
  readonly settlementDate: string;
  /** Null when it was imported. */
  readonly refusalReason: string | null;
  readonly lineCount: number;
  readonly matchedCount: number;
  readonly breakCount: number;
  /** Null for the daily job. */
  readonly importedBy: string | null;
  readonly importedAt: Date;
  readonly content: string;
}

/**
 * Imports come one after the other: what belongs to a line depends on the lines of every other file. Returns whether one with
 * this id was handled, or one of this name was imported, before; or whether the newest file of the day lists the same: under another name,
 * each of its lines would be a duplicate.
 */
export async function lockSettlementFiles(
  tx: Transaction,
  file: Pick<SettlementFile, 'id' | 'externalId' | 'settlementDate' | 'content'>,
): Promise<'new' | 'handled' | 'imported'> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('florin settlement files', 0))`);
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-settlement-file',
    text: `SELECT id FROM settlement_files
            WHERE id = $1 OR (external_id = $2 AND status = 'imported')
           UNION
           SELECT id FROM (SELECT id, content_sha256, line_count FROM settlement_files
                            WHERE settlement_date = $3::date AND status = 'imported'
                            ORDER BY imported_at DESC LIMIT 1) AS newest
            WHERE content_sha256 = $4 AND line_count > 0`,
    values: [file.id, file.externalId, file.settlementDate, hashOf(file.content)],
  });
  if (rows.length === 0) return 'new';
  return rows.some(({ id }) => id === file.id) ? 'handled' : 'imported';
}

/** The order of import is that of `imported_at`, whichever instance imports and however fast: what was said last counts. */
export async function insertSettlementFile(tx: Transaction, file: SettlementFile): Promise<void> {
  await tx.query({
    name: 'insert-settlement-file',
    text: `INSERT INTO settlement_files (id, external_id, settlement_date, status, reason, line_count, matched_count,
                                         break_count, imported_by, imported_at, content_sha256)
           VALUES ($1, $2, $3, CASE WHEN $4::text IS NULL THEN 'imported' ELSE 'refused' END, $4, $5, $6, $7, $8,
                   greatest($9, (SELECT max(imported_at) + interval '1 ms' FROM settlement_files)), $10)`,
    values: [
      file.id,
      file.externalId,
      file.settlementDate,
      file.refusalReason,
      file.lineCount,
      file.matchedCount,
      file.breakCount,
      file.importedBy,
      file.importedAt,
      hashOf(file.content),
    ],
  });
}

/** Which of the given names were imported. */
export async function findImportedFiles(
  tx: Pick<Transaction, 'query'>,
  externalIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-imported-files',
    text: `SELECT external_id AS id FROM settlement_files WHERE external_id = ANY($1::text[]) AND status = 'imported'`,
    values: [externalIds],
  });
  return new Set(rows.map(({ id }) => id));
}

/**
 * Which of the given days have no file, fetched or uploaded, as 2026-11-21, the oldest first. Those before the first file that was
 * fetched count from `since` on only: a new installation does not lack the days before it.
 */
export async function findDatesWithoutFile(
  tx: Pick<Transaction, 'query'>,
  dates: readonly string[],
  since: string,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ date: string }>({
    name: 'find-dates-without-file',
    text: `SELECT day::text AS date FROM unnest($1::date[]) AS day
            WHERE day >= least($2::date, (SELECT min(settlement_date) FROM settlement_files
                                           WHERE status = 'imported' AND imported_by IS NULL))
              AND NOT EXISTS (SELECT FROM settlement_files
                               WHERE settlement_date = day AND status = 'imported')
            ORDER BY 1`,
    values: [dates, since],
  });
  return rows.map(({ date }) => date);
}

/** The days since `since` whose own file was refused, and none imported, as 2026-11-21. */
export async function findRefusedDates(
  tx: Pick<Transaction, 'query'>,
  since: string,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ date: string }>({
    name: 'find-refused-dates',
    text: `SELECT DISTINCT settlement_date::text AS date FROM settlement_files AS refused
            WHERE status = 'refused' AND settlement_date >= $1::date AND imported_by IS NULL
              AND NOT EXISTS (SELECT FROM settlement_files AS imported
                               WHERE imported.external_id = refused.external_id AND imported.status = 'imported')
            ORDER BY 1`,
    values: [since],
  });
  return rows.map(({ date }) => date);
}

/** True when a file of this name and with the same content was refused before. */
export async function wasRefused(
  tx: Pick<Transaction, 'query'>,
  { externalId, content }: Pick<SettlementFile, 'externalId' | 'content'>,
): Promise<boolean> {
  const { rows } = await tx.query({
    name: 'find-refused-file',
    text: `SELECT FROM settlement_files
            WHERE external_id = $1 AND status = 'refused' AND content_sha256 = $2 LIMIT 1`,
    values: [externalId, hashOf(content)],
  });
  return rows.length > 0;
}

function hashOf(content: string): Buffer {
  return createHash('sha256').update(content).digest();
}
