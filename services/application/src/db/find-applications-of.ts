import type { Transaction } from '@florin/database';

export interface ApplicationOf {
  readonly id: string;
  readonly applicantId: string;
}

/** The applications of some applicants. */
export async function findApplicationsOf(
  tx: Transaction,
  applicantIds: readonly string[],
): Promise<readonly ApplicationOf[]> {
  const { rows } = await tx.query<ApplicationOf>({
    name: 'find-applications-of',
    text: `SELECT id, applicant_id AS "applicantId" FROM applications WHERE applicant_id = ANY($1::uuid[])`,
    values: [applicantIds],
  });
  return rows;
}
