import { arrayLiteral, type Database, type Transaction, textArrayLiteral } from '@florin/database';
import type { IdempotencyClaim, StoredAnswer } from '../ingress/submission.js';
import { identityOf } from './claim-idempotency-keys.js';

export interface AnswerToStore {
  readonly claim: IdempotencyClaim;
  readonly answer: StoredAnswer;
}

type StandingAnswer = StoredAnswer & Pick<IdempotencyClaim, 'caller' | 'route' | 'key'>;

const timeoutMs = 5_000;

/**
 * Stores the answers of a batch and returns those that stand: the first answer to a key wins, so that a slow request
 * and the repeat that took over from it say the same.
 *
 * Its commit is asynchronous: a crash of PostgreSQL can lose an answer, never the claim nor the effect, and a repeat is then
 * answered from the state of the resource, as after a crash of the edge.
 */
export async function storeAnswers(
  database: Pick<Database, 'transaction'>,
  answers: readonly AnswerToStore[],
): Promise<readonly StoredAnswer[]> {
  // A transaction with a limit, although it is one statement: its plan then finds the keys by their index.
  const { standing: stored } = await database.transaction(
    async (tx, pending) => {
      pending(tx.query('SET LOCAL synchronous_commit = off'));
      const standing = store(tx, answers);
      pending(standing);
      // In an object, because nobody has to wait for it before COMMIT.
      return { standing };
    },
    { timeoutMs },
  );
  const rows = await stored;
  if (rows.length === 0) return answers.map(({ answer }) => answer);
  const standing = new Map(rows.map((row) => [identityOf(row), row]));
  return answers.map(({ claim, answer }) => {
    const { status, location, body } = standing.get(identityOf(claim)) ?? answer;
    return { status, location, body };
  });
}

async function store(tx: Transaction, answers: readonly AnswerToStore[]): Promise<readonly StandingAnswer[]> {
  const { rows } = await tx.query<StandingAnswer>({
    name: 'store-answers',
    text: `WITH given AS (
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[])
               AS g (caller, route, key, status, location, body)
           ), locked AS (
             SELECT k.caller, k.route, k.key, k.status, k.location, k.body
             FROM idempotency_keys AS k JOIN given USING (caller, route, key)
             ORDER BY 1, 2, 3 FOR UPDATE OF k
           ), stored AS (
             UPDATE idempotency_keys AS k
             SET status = given.status, location = given.location, body = given.body
             FROM given JOIN locked USING (caller, route, key)
             WHERE (k.caller, k.route, k.key) = (given.caller, given.route, given.key) AND k.status IS NULL
           )
           SELECT caller, route, key, status, location, body FROM locked WHERE status IS NOT NULL`,
    values: [
      textArrayLiteral(answers.map(({ claim }) => claim.caller)),
      textArrayLiteral(answers.map(({ claim }) => claim.route)),
      textArrayLiteral(answers.map(({ claim }) => claim.key)),
      arrayLiteral(answers.map(({ answer }) => answer.status)),
      textArrayLiteral(answers.map(({ answer }) => answer.location)),
      textArrayLiteral(answers.map(({ answer }) => answer.body)),
    ],
  });
  return rows;
}
