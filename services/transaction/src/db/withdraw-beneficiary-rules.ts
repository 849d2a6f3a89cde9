import type { Transaction } from '@florin/database';

/** Takes rules out of force and returns the ids of those that were in force. */
export async function withdrawBeneficiaryRules(
  tx: Transaction,
  ruleIds: readonly string[],
  withdrawnAt: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'withdraw-beneficiary-rules',
    text: `UPDATE beneficiary_rules SET withdrawn_at = $2
            WHERE id = ANY($1::uuid[]) AND withdrawn_at IS NULL RETURNING id`,
    values: [ruleIds, withdrawnAt],
  });
  return new Set(rows.map((row) => row.id));
}
