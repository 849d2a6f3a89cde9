import type { Pool } from '@florin/database';

/** True when the role of this connection could change what the ledger has written: the owner of the tables could. */
export async function mayRewriteLedger(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(
    `SELECT has_table_privilege('entries', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
            OR has_table_privilege('transfers', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
            OR has_column_privilege('wallets', 'posted', 'UPDATE') AS may`,
  );
  return rows[0]!.may;
}
