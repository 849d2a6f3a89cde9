import type { Transaction } from '@florin/database';

/** Remembers who has left, for ever: a submission that is replayed must not bring back what was erased. */
export async function rememberErasedApplicants(
  tx: Transaction,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await tx.query({
    name: 'remember-erased-applicants',
    text: `INSERT INTO erased_applicants (applicant_id, erased_at)
           SELECT id, $2 FROM unnest($1::uuid[]) AS id ON CONFLICT DO NOTHING`,
    values: [ids, at],
  });
}
