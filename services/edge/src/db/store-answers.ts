import type { Transaction } from '@florin/database';
import type { IdempotencyClaim, StoredAnswer } from '../ingress/submission.js';
import { identityOf } from './claim-idempotency-keys.js';

export interface AnswerToStore {
  readonly claim: IdempotencyClaim;
  readonly answer: StoredAnswer;
}

/**
 * Stores the answers of a batch and returns those that stand: the first answer to a key wins, so that a slow request
 * and the repeat that took over from it say the same.
 *
 * The commit is asynchronous. A crash of PostgreSQL can lose an answer, never the claim nor the effect: a repeat is
 * then answered from the state of the resource, as after a crash of the edge.
 */
export async function storeAnswers(
  tx: Transaction,
  answers: readonly AnswerToStore[],
): Promise<readonly StoredAnswer[]> {
  await tx.query('SET LOCAL synchronous_commit TO off');
  const { rows } = await tx.query<StoredAnswer & { caller: string; route: string; key: string }>({
    name: 'store-answers',
    text: `WITH given AS (
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[])
               AS g (caller, route, key, status, location, body)
           ), locked AS (
             SELECT k.caller, k.route, k.key FROM idempotency_keys AS k JOIN given USING (caller, route, key)
             ORDER BY 1, 2, 3 FOR UPDATE OF k
           )
           UPDATE idempotency_keys AS k SET
             status = coalesce(k.status, given.status),
             location = CASE WHEN k.status IS NULL THEN given.location ELSE k.location END,
             body = coalesce(k.body, given.body)
           FROM given JOIN locked USING (caller, route, key)
           WHERE (k.caller, k.route, k.key) = (given.caller, given.route, given.key)
           RETURNING k.caller, k.route, k.key, k.status, k.location, k.body`,
    values: [
      answers.map(({ claim }) => claim.caller),
      answers.map(({ claim }) => claim.route),
      answers.map(({ claim }) => claim.key),
      answers.map(({ answer }) => answer.status),
      answers.map(({ answer }) => answer.location),
      answers.map(({ answer }) => answer.body),
    ],
  });
  const standing = new Map(rows.map((row) => [identityOf(row), row]));
  return answers.map(({ claim, answer }) => {
    const { status, location, body } = standing.get(identityOf(claim)) ?? answer;
    return { status, location, body };
  });
}
