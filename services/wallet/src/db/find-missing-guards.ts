import type { Database } from '@florin/database';

/** What keeps the ledger right whatever the code does, by table. See the migrations. */
export const guards = {
  triggers: {
    entries: ['entries_append_only', 'entries_post'],
    entry_seals: ['entry_seals_append_only'],
    holds: [
      'holds_follow_entries_on_insert',
      'holds_follow_entries_on_update',
      'holds_never_deleted',
      'holds_resolve_once',
    ],
    transfers: ['transfers_append_only'],
    wallets: [
      'wallets_follow_entries',
      'wallets_frozen_keep_funds',
      'wallets_never_deleted',
      'wallets_open_empty',
    ],
  },
  constraints: {
    entries: ['entries_are_safe', 'entries_change_something', 'entries_held_by_hold', 'entries_pkey'],
    holds: ['holds_amounts_are_safe', 'holds_open_has_remaining', 'holds_open_is_unresolved'],
    transfers: ['transfers_pkey', 'transfers_posted_is_positive'],
    wallets: [
      'wallets_ceiling',
      'wallets_closed_are_empty',
      'wallets_customer_has_owner',
      'wallets_floor',
      'wallets_posted_is_safe',
    ],
  },
} as const;

/**
 * Guards that are not there, or switched off: somebody with the rights of the owner has opened the ledger. A row that was
 * changed meanwhile and put back leaves no other trace.
 */
export async function findMissingGuards(database: Database): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ guard: string }>({
    name: 'find-missing-guards',
    text: `SELECT 'trigger ' || e.guard || ' of ' || e.of_table AS guard
             FROM unnest($1::text[], $2::text[]) AS e (of_table, guard)
            WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(e.of_table) AND t.tgname = e.guard
                                                         AND t.tgenabled IN ('O', 'A'))
           UNION ALL
           SELECT 'trigger entries_by_name of ' || i.inhrelid::regclass
             FROM pg_inherits i
            WHERE i.inhparent = to_regclass('entries')
              AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = i.inhrelid AND t.tgname = 'entries_by_name'
                                                         AND t.tgenabled IN ('O', 'A'))
           UNION ALL
           SELECT 'constraint ' || e.guard || ' of ' || e.of_table
             FROM unnest($3::text[], $4::text[]) AS e (of_table, guard)
            WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = to_regclass(e.of_table)
                                                            AND c.conname = e.guard AND c.convalidated)
            ORDER BY 1`,
    values: [...columnsOf(guards.triggers), ...columnsOf(guards.constraints)],
  });
  return rows.map(({ guard }) => guard);
}

function columnsOf(byTable: Readonly<Record<string, readonly string[]>>): [string[], string[]] {
  const pairs = Object.entries(byTable).flatMap(([table, names]) =>
    names.map((name) => [table, name] as const),
  );
  return [pairs.map(([table]) => table), pairs.map(([, name]) => name)];
}
