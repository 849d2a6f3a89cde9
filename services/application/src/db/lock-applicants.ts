import type { Transaction } from '@florin/database';

/**
 * Locks some applicants until the transaction ends, in ascending order, and returns those of them who have left. Without the
 * lock an application that is stored while its applicant is erased would be seen by neither of the two transactions.
 */
export async function lockApplicants(
  tx: Transaction,
  applicantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  await tx.query({
    name: 'lock-applicants',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('florin-applicant ' || id, 0))
             FROM (SELECT DISTINCT id::text AS id FROM unnest($1::uuid[]) AS id ORDER BY 1) AS applicants`,
    values: [applicantIds],
  });
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-erased-applicants',
    text: 'SELECT applicant_id AS id FROM erased_applicants WHERE applicant_id = ANY($1::uuid[])',
    values: [applicantIds],
  });
  return new Set(rows.map(({ id }) => id));
}
