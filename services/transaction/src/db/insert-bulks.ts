import type { Transaction } from '@florin/database';

export interface BulkRow {
  readonly id: string;
  readonly mode: string;
  readonly itemCount: number;
}

/** Remembers bulks and returns, by id, how each was submitted first. */
export async function insertBulks(
  tx: Transaction,
  bulks: readonly BulkRow[],
  createdAt: Date,
): Promise<ReadonlyMap<string, BulkRow>> {
  const { rows } = await tx.query<BulkRow>({
    name: 'insert-bulks',
    // The update changes nothing; it is there so that a row that exists already is returned, and locked.
    text: `INSERT INTO bulks AS known (id, mode, item_count, created_at)
           SELECT id, mode, item_count, $4 FROM unnest($1::uuid[], $2::text[], $3::int[]) AS u (id, mode, item_count)
            ORDER BY id
           ON CONFLICT (id) DO UPDATE SET mode = known.mode
           RETURNING id, mode, item_count AS "itemCount"`,
    values: [bulks.map((b) => b.id), bulks.map((b) => b.mode), bulks.map((b) => b.itemCount), createdAt],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
