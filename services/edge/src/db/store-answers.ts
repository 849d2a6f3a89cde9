import { arrayLiteral, type Database, type Transaction, textArrayLiteral } from '@florin/database';
import type { IdempotencyClaim, StoredAnswer } from '../ingress/submission.js';
import { answerOf, identityOf, selectClaims } from './claim-idempotency-keys.js';

export interface AnswerToStore {
  readonly claim: IdempotencyClaim;
  readonly answer: StoredAnswer;
}

const timeoutMs = 5_000;

/**
 * Stores the answers of a batch and returns those that stand: the first answer to a key wins, so that a slow request
 * and the repeat that took over from it say the same.
 *
 * Its commit is asynchronous: a crash of PostgreSQL can lose an answer, never the claim nor the effect, and a repeat is then
 * answered from the state of the resource, as after a crash of the edge.
 */
export async function storeAnswers(
  database: Pick<Database, 'pool' | 'transaction'>,
  answers: readonly AnswerToStore[],
): Promise<readonly StoredAnswer[]> {
  // A transaction with a limit, although it is one statement: its plan then finds the keys by their index.
  const { stored } = await database.transaction(
    async (tx, pending) => {
      pending(tx.query('SET LOCAL synchronous_commit = off'));
      const stored = updateAnswers(tx, answers);
      pending(stored);
      // In an object, because nobody has to wait for it before COMMIT.
      return { stored };
    },
    { timeoutMs },
  );
  const given = answers.map(({ answer }) => answer);
  if ((await stored) === answers.length) return given;
  const standing = await selectClaims(
    database.pool,
    answers.map(({ claim }) => claim),
  );
  return answers.map(({ claim, answer }) => {
    // The key of a customer who was erased meanwhile is gone, or is claimed anew and has no answer yet.
    const row = standing.get(identityOf(claim));
    return (row && answerOf(row)) ?? answer;
  });
}

/**
 * Stores the answers to keys that have none yet.
 *
 * One look-up and one change for each key. A join of two lists in here would be done by comparing every pair: the plan is made before
 * their lengths are known. A batch of 120 took ten times as long with one.
 * @returns how many were stored; of the others the key has an answer, or is gone
 */
export async function updateAnswers(tx: Transaction, unordered: readonly AnswerToStore[]): Promise<number> {
  const answers = inOrder(unordered);
  const { rowCount } = await tx.query({
    name: 'store-answers',
    text: `UPDATE idempotency_keys AS k SET status = given.status, location = given.location, body = given.body
             FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[])
                    AS given (caller, route, key, status, location, body)
            WHERE (k.caller, k.route, k.key) = (given.caller, given.route, given.key) AND k.status IS NULL`,
    values: [
      textArrayLiteral(answers.map(({ claim }) => claim.caller)),
      textArrayLiteral(answers.map(({ claim }) => claim.route)),
      textArrayLiteral(answers.map(({ claim }) => claim.key)),
      arrayLiteral(answers.map(({ answer }) => answer.status)),
      textArrayLiteral(answers.map(({ answer }) => answer.location)),
      textArrayLiteral(answers.map(({ answer }) => answer.body)),
    ],
  });
  return rowCount ?? 0;
}

/**
 * Keys are locked as they are given: two edges that answer the same keys wait for each other. A projection with several kinds of
 * outcomes locks several times; it and a batch of late answers can deadlock, and PostgreSQL has one of them run again.
 */
function inOrder(answers: readonly AnswerToStore[]): AnswerToStore[] {
  return answers
    .map((one) => ({ one, identity: identityOf(one.claim) }))
    .sort((a, b) => (a.identity < b.identity ? -1 : 1))
    .map(({ one }) => one);
}
