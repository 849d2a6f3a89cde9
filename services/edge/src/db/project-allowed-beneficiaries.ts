import type { BeneficiaryAllowed } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { TransactionRuleRow } from '../read-models/transaction-rule.js';

/** Shows beneficiary rules that are in force. A rule that was withdrawn meanwhile stays withdrawn. */
export async function projectAllowedBeneficiaries(
  tx: Transaction,
  events: readonly BeneficiaryAllowed[],
): Promise<readonly TransactionRuleRow[]> {
  const { rows } = await tx.query<TransactionRuleRow>({
    name: 'project-allowed-beneficiaries',
    text: `INSERT INTO transaction_rules AS known
             (id, transaction_type, source_wallet_type, destination_wallet_type, created_at, status)
           SELECT r.*, 'active'
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET status = 'active' WHERE known.status = 'pending'
           RETURNING id, transaction_type AS "transactionType", source_wallet_type AS "sourceWalletType",
             destination_wallet_type AS "destinationWalletType", status, created_at AS "createdAt"`,
    values: [
      events.map((event) => event.ruleId),
      events.map((event) => event.transactionType),
      events.map((event) => event.sourceWalletType),
      events.map((event) => event.destinationWalletType),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
