import type { Transaction } from '@florin/database';

/** Where the new tables are built, beside the ones that are read meanwhile. */
export const shadowSchema = 'projection_rebuild';
const retiredSchema = 'projection_retired';

/** Makes empty copies of tables, with their constraints and indexes under the same names. Starts over if there are any. */
export async function createShadowTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  await dropShadowTables(tx);
  await tx.query(`CREATE SCHEMA ${shadowSchema}`);
  for (const table of tables) {
    const { rows } = await tx.query<{ options: string | null }>(
      `SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = $1::regclass`,
      [`public.${table}`],
    );
    const storage = rows[0]?.options ? ` WITH (${rows[0].options})` : '';
    await tx.query(
      `CREATE TABLE ${shadowSchema}.${table}
         (LIKE public.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)${storage}`,
    );
    await copyKeys(tx, table);
    await copyIndexes(tx, table);
  }
}

async function copyKeys(tx: Transaction, table: string): Promise<void> {
  const { rows } = await tx.query<{ name: string; definition: string }>(
    `SELECT quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`,
    [`public.${table}`],
  );
  for (const { name, definition } of rows) {
    await tx.query(`ALTER TABLE ${shadowSchema}.${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}

async function copyIndexes(tx: Transaction, table: string): Promise<void> {
  const { rows } = await tx.query<{ definition: string }>(
    `SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = $1::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [`public.${table}`],
  );
  for (const { definition } of rows) {
    await tx.query(definition.replace(` ON public.${table} `, ` ON ${shadowSchema}.${table} `));
  }
}

/** Puts the new tables in the place of the old ones; nobody reads or writes them in this moment. */
export async function exchangeTables(tx: Transaction, tables: readonly string[]): Promise<void> {
  await tx.query(`DROP SCHEMA IF EXISTS ${retiredSchema} CASCADE`);
  await tx.query(`CREATE SCHEMA ${retiredSchema}`);
  for (const table of tables) {
    await tx.query(`ALTER TABLE public.${table} SET SCHEMA ${retiredSchema}`);
    await tx.query(`ALTER TABLE ${shadowSchema}.${table} SET SCHEMA public`);
  }
}

/** Removes what a rebuild leaves, finished or not. */
export async function dropShadowTables(tx: Transaction): Promise<void> {
  await tx.query(`DROP SCHEMA IF EXISTS ${shadowSchema}, ${retiredSchema} CASCADE`);
}
