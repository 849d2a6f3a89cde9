import type { Transaction } from '@florin/database';
import type { TransactionRuleRow } from '../read-models/transaction-rule.js';

/** Takes beneficiary rules out of force. */
export async function projectWithdrawnRules(
  tx: Transaction,
  ruleIds: readonly string[],
): Promise<readonly TransactionRuleRow[]> {
  const { rows } = await tx.query<TransactionRuleRow>({
    name: 'project-withdrawn-rules',
    text: `UPDATE transaction_rules SET status = 'withdrawn' WHERE id = ANY($1::uuid[])
           RETURNING id, transaction_type AS "transactionType", source_wallet_type AS "sourceWalletType",
             destination_wallet_type AS "destinationWalletType", status, created_at AS "createdAt"`,
    values: [ruleIds],
  });
  return rows;
}
