import type { Transaction } from '@florin/database';
import type { RebuildableTable } from './rebuildable.js';
import { shadowSchema } from './shadow-tables.js';

const joined = ({ key }: RebuildableTable): string =>
  key.map((name) => `live.${name} = new.${name}`).join(' AND ');
const rowOf = (columns: readonly string[], of: string): string =>
  columns.map((name) => `${of}.${name}`).join(', ');

/** Takes over what only the edge knows of rows that the topics tell of. Costly the first time, cheap again afterwards. */
export async function keepColumns(tx: Transaction, table: RebuildableTable): Promise<void> {
  const { name, kept } = table;
  if (kept.length > 0) {
    await tx.query(
      `UPDATE ${shadowSchema}.${name} AS new SET (${kept.join(', ')}) = ROW (${rowOf(kept, 'live')})
       FROM public.${name} AS live
       WHERE ${joined(table)} AND ROW (${rowOf(kept, 'new')}) IS DISTINCT FROM ROW (${rowOf(kept, 'live')})`,
    );
  }
  if (name !== 'notifications') return;
  // Its creation is older than the topics, its delivery is not.
  await tx.query(
    `UPDATE ${shadowSchema}.notifications AS new
     SET template = live.template, subject = live.subject, created_at = live.created_at
     FROM public.notifications AS live WHERE live.id = new.id AND new.template IS NULL AND live.template IS NOT NULL`,
  );
}

const missing = (table: RebuildableTable): string =>
  `NOT EXISTS (SELECT FROM ${shadowSchema}.${table.name} AS new WHERE ${joined(table)})`;

/**
 * Takes over the rows that no event tells of. Messages are still read meanwhile, and one that tells of such a row after
 * all may come first.
 */
export async function keepEdgeOnly(tx: Transaction, table: RebuildableTable): Promise<void> {
  if (table.edgeOnly === undefined) return;
  await tx.query(
    `INSERT INTO ${shadowSchema}.${table.name}
     SELECT * FROM public.${table.name} AS live WHERE (${table.edgeOnly}) AND ${missing(table)}
     ON CONFLICT DO NOTHING`,
  );
}

/** How many rows the topics should tell of and do not. */
export async function countUntold(tx: Transaction, table: RebuildableTable): Promise<number> {
  const { rows } = await tx.query<{ untold: number }>(
    `SELECT count(*) AS untold FROM public.${table.name} AS live WHERE ${missing(table)}`,
  );
  return rows[0]!.untold;
}

/** Takes these over as they are. */
export async function keepUntold(tx: Transaction, table: RebuildableTable): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO ${shadowSchema}.${table.name}
     SELECT * FROM public.${table.name} AS live WHERE ${missing(table)}
     ON CONFLICT DO NOTHING`,
  );
  return rowCount ?? 0;
}
