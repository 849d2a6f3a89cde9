import type { AllowBeneficiary, BodyOf } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Puts rules in force. Returns the ids that are new; a rule that exists, even a withdrawn one, is left as it is. */
export async function insertBeneficiaryRules(
  tx: Transaction,
  rules: readonly BodyOf<AllowBeneficiary>[],
  allowedAt: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-beneficiary-rules',
    text: `INSERT INTO beneficiary_rules (id, transaction_type, source_wallet_type, destination_wallet_type, allowed_at)
           SELECT u.*, $1::timestamptz FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS u
           ON CONFLICT (id) DO NOTHING
           RETURNING id`,
    values: [
      allowedAt,
      rules.map((rule) => rule.ruleId),
      rules.map((rule) => rule.transactionType),
      rules.map((rule) => rule.sourceWalletType),
      rules.map((rule) => rule.destinationWalletType),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
