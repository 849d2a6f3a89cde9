import type { Database } from '@florin/database';

/** What a synchronous call is known by: who called what under which key. */
export interface KeyedCallId {
  readonly caller: string;
  readonly route: string;
  readonly keyHash: Buffer;
}

/**
 * So many other requests under one key are mistakes, more are guesses: whoever knows the key of somebody's login could try
 * passwords with it, and would be handed the stored answer for the right one.
 */
const maxMismatches = 5;

export interface KeyedCallClaim extends KeyedCallId {
  readonly requestHash: Buffer;
  readonly runId: string;
  readonly now: number;
  readonly answerDueAt: number;
}

/** What a call with a key may do. */
export type KeyedCallVerdict =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'answered'; readonly answer: Buffer }
  /** The first run had its effect and died before it could answer. */
  | { readonly kind: 'lost' };

interface Row {
  is_same: boolean;
  answer_due_at: Date;
  took_effect: boolean;
  answer: Buffer | null;
}

/**
 * Claims a key, also from a run whose time is up and that had no effect. Such a run may be slow instead of dead: its
 * transaction then finds the claim in other hands and rolls back (`markKeyedCall`). While it commits, this statement waits
 * for its row, so that one of the two always sees the other.
 */
export async function claimKeyedCall(database: Database, claim: KeyedCallClaim): Promise<KeyedCallVerdict> {
  const { caller, route, keyHash, requestHash, runId, now, answerDueAt } = claim;
  const claimed = await database.pool.query({
    name: 'claim-keyed-call',
    text: `INSERT INTO keyed_calls AS k (caller, route, key_hash, request_hash, run_id, claimed_at, answer_due_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (caller, route, key_hash) DO UPDATE
             SET run_id = EXCLUDED.run_id, answer_due_at = EXCLUDED.answer_due_at
             WHERE k.answer IS NULL AND NOT k.took_effect AND k.answer_due_at <= EXCLUDED.claimed_at
               AND k.request_hash = EXCLUDED.request_hash AND k.mismatches < ${maxMismatches}`,
    values: [caller, route, keyHash, requestHash, runId, new Date(now), new Date(answerDueAt)],
  });
  if (claimed.rowCount === 1) return { kind: 'claimed' };
  const { rows } = await database.pool.query<Row>({
    name: 'find-keyed-call',
    // One statement that locks the row: guesses that arrive at once are counted one after the other.
    text: `UPDATE keyed_calls SET mismatches = mismatches + (caller = 'public' AND request_hash <> $4)::int
           WHERE caller = $1 AND route = $2 AND key_hash = $3
           RETURNING request_hash = $4 AND mismatches < ${maxMismatches} AS is_same, answer_due_at, took_effect, answer`,
    values: [caller, route, keyHash, requestHash],
  });
  // Given back between the two statements: the caller may try again at once.
  return rows[0] ? judge(rows[0], claim) : { kind: 'in-flight' };
}

function judge(row: Row, { now }: KeyedCallClaim): KeyedCallVerdict {
  if (!row.is_same) return { kind: 'reused' };
  if (row.answer) return { kind: 'answered', answer: row.answer };
  return { kind: row.took_effect && row.answer_due_at.getTime() <= now ? 'lost' : 'in-flight' };
}
