import type { Transaction } from '@florin/database';
import { keyOf } from '../domain/reconcile.js';
import type { PaymentKind } from '../domain/settlement-file.js';

/** Which of the provider's payments were listed in files before, by kind and id. */
export async function findSeenPayments(
  tx: Transaction,
  paymentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ kind: string; id: string }>({
    name: 'find-seen-payments',
    text: 'SELECT kind, payment_id AS id FROM settlement_lines WHERE payment_id = ANY($1::text[])',
    values: [paymentIds],
  });
  return new Set(rows.map(({ kind, id }) => `${kind} ${id}`));
}

/** Which payments of the given transactions lines of files before were matched with. */
export async function findMatchedPayments(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ kind: PaymentKind; id: string }>({
    name: 'find-matched-payments',
    text: 'SELECT kind, transaction_id AS id FROM settlement_lines WHERE transaction_id = ANY($1::uuid[])',
    values: [transactionIds],
  });
  return new Set(rows.map(({ kind, id }) => keyOf(kind, id)));
}
