import type { Transaction } from '@florin/database';

export interface StoredRevision {
  readonly payload: unknown;
  readonly createdBy: string;
  readonly messageId: string;
}

export async function findRevision(
  tx: Transaction,
  deadLetterId: string,
  revision: number,
): Promise<StoredRevision | undefined> {
  const { rows } = await tx.query<StoredRevision>({
    name: 'find-revision',
    text: `SELECT payload, created_by AS "createdBy", message_id AS "messageId" FROM dead_letter_revisions
           WHERE dead_letter_id = $1 AND revision = $2`,
    values: [deadLetterId, revision],
  });
  return rows[0];
}
