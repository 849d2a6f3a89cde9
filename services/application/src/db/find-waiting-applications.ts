import type { Transaction } from '@florin/database';

/** Which application waits for which of these wallets or cards: most of them were asked for by somebody else. */
export async function findWaitingApplications(
  tx: Transaction,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ waits_for: string; application_id: string }>({
    name: 'find-waiting-applications',
    text: `SELECT waits_for, application_id FROM application_steps
           WHERE waits_for = ANY($1::uuid[]) AND status = 'waiting'`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.waits_for, row.application_id]));
}
