import type { Hop } from '@florin/contracts';
import { bigintArray, textArrayLiteral, timestampArrayLiteral, uuidArray } from '@florin/database';
import { insertNew, type UnitOfWork } from '@florin/messaging';
import type { TransactionRow } from '../read-models/transaction.js';

/** A transaction with the customers who may see it. */
export interface OwnedTransactionRow extends TransactionRow {
  readonly sourceOwnerId: string | null;
  readonly destinationOwnerId: string | null;
  /** The command that asks for it. */
  readonly hops?: readonly Hop[];
}

const insert = `
  INSERT INTO transactions
    (id, type, amount, fee, currency, source_wallet_id, source_owner_id, destination_wallet_id,
     destination_owner_id, description, created_at, origin_kind, origin_id, hops, status)
  SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::text[]),
         unnest($6::uuid[]), unnest($7::uuid[]), unnest($8::uuid[]), unnest($9::uuid[]), unnest($10::text[]),
         unnest($11::timestamptz[]), unnest($12::text[]), unnest($13::uuid[]), unnest($14::jsonb[]), 'pending'`;

/** Shows transactions that are on their way, so that GET after 202 finds them. */
export async function insertPendingTransactions(
  unit: UnitOfWork,
  rows: readonly OwnedTransactionRow[],
): Promise<readonly string[]> {
  const statement = { name: 'insert-new-pending-transactions', text: insert, values: valuesOf(rows) };
  const fresh = await insertNew<{ id: string }>(unit, statement, 'id');
  return (fresh ?? rows).map(({ id }) => id);
}

function valuesOf(rows: readonly OwnedTransactionRow[]): unknown[] {
  return [
    uuidArray(rows.map((row) => row.id)),
    textArrayLiteral(rows.map((row) => row.type)),
    bigintArray(rows.map((row) => Number(row.amount))),
    bigintArray(rows.map((row) => Number(row.fee))),
    textArrayLiteral(rows.map((row) => row.currency)),
    uuidArray(rows.map((row) => row.sourceWalletId)),
    uuidArray(rows.map((row) => row.sourceOwnerId)),
    uuidArray(rows.map((row) => row.destinationWalletId)),
    uuidArray(rows.map((row) => row.destinationOwnerId)),
    textArrayLiteral(rows.map((row) => row.description)),
    timestampArrayLiteral(rows.map((row) => row.createdAt.getTime())),
    textArrayLiteral(rows.map((row) => row.originKind)),
    uuidArray(rows.map((row) => row.originId)),
    textArrayLiteral(rows.map((row) => JSON.stringify(row.hops ?? []))),
  ];
}
