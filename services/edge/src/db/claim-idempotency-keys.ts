import { type Transaction, textArrayLiteral, timestampArrayLiteral } from '@florin/database';
import { insertNew, type UnitOfWork } from '@florin/messaging';
import type {
  Accepted,
  IdempotencyClaim,
  ResourceKind,
  StoredAnswer,
  Submission,
} from '../ingress/submission.js';

export type ClaimedSubmission = Submission & { readonly claim: IdempotencyClaim };

/** Of the hash of a request: SHA-256. */
const hashBytes = 32;

/** What the row of a key says about its first request. */
export interface StoredClaim {
  request_hash: Buffer;
  resource_kind: ResourceKind;
  resource_id: string;
  answer_due_at: Date;
  status: number | null;
  location: string | null;
  body: string | null;
}

const insert = `
  INSERT INTO idempotency_keys
    (caller, route, key, request_hash, resource_kind, resource_id, claimed_at, answer_due_at)
  SELECT u.caller, u.route, u.key, substring($4::bytea FROM u.hash_start FOR ${hashBytes}), u.kind, u.id, u.claimed_at,
         u.answer_due_at
    FROM (SELECT unnest($1::text[]) AS caller, unnest($2::text[]) AS route, unnest($3::text[]) AS key,
                 unnest($5::text[]) AS kind, unnest($6::text[]) AS id, unnest($7::timestamptz[]) AS claimed_at,
                 unnest($8::timestamptz[]) AS answer_due_at,
                 generate_series(1, length($4::bytea), ${hashBytes}) AS hash_start) AS u`;

type KeyIdentity = Pick<IdempotencyClaim, 'caller' | 'route' | 'key'>;
type ClaimRow = StoredClaim & KeyIdentity;

/**
 * Claims the keys of a batch in one statement and says what each submission may do. Keys are inserted in ascending
 * order: two edges that got overlapping batches wait for each other instead of deadlocking. A key that another edge
 * is just claiming makes this statement wait for that commit, so it is never claimed twice.
 */
export async function claimIdempotencyKeys(
  unit: UnitOfWork,
  submissions: readonly ClaimedSubmission[],
): Promise<Map<Submission, Accepted>> {
  const first = new Map<string, ClaimedSubmission>();
  for (const submission of submissions) {
    const identity = identityOf(submission.claim);
    if (!first.has(identity)) first.set(identity, submission);
  }
  const inOrder = [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, s]) => s);
  const statement = { name: 'insert-new-idempotency-keys', text: insert, values: valuesOf(inOrder) };
  const fresh = await insertNew<KeyIdentity>(unit, statement, 'caller, route, key');
  const claimed = new Set((fresh ?? inOrder.map(({ claim }) => claim)).map(identityOf));
  const known = await selectClaims(
    unit.tx,
    [...first].filter(([identity]) => !claimed.has(identity)).map(([, submission]) => submission.claim),
  );
  return new Map(
    submissions.map((submission) => {
      const identity = identityOf(submission.claim);
      const row = known.get(identity);
      if (row) return [submission, judge(row, submission)];
      const winner = first.get(identity)!;
      if (winner === submission) return [submission, { kind: 'accepted' }];
      const same = winner.claim.requestHash.equals(submission.claim.requestHash);
      return [submission, { kind: same ? 'in-flight' : 'reused' }];
    }),
  );
}

/** The answer to the first request, when it has one. */
export function answerOf({ status, location, body }: StoredClaim): StoredAnswer | undefined {
  return status === null || body === null ? undefined : { status, location, body };
}

/** What a repeat may do, given the row of the first request. */
export function judge(row: StoredClaim, repeat: Pick<ClaimedSubmission, 'claim' | 'claimedAt'>): Accepted {
  if (!row.request_hash.equals(repeat.claim.requestHash)) return { kind: 'reused' };
  const answer = answerOf(row);
  if (answer) return { kind: 'replayed', answer };
  if (row.answer_due_at.getTime() > repeat.claimedAt) return { kind: 'in-flight' };
  return { kind: 'orphaned', resource: { kind: row.resource_kind, id: row.resource_id } };
}

function valuesOf(submissions: readonly ClaimedSubmission[]): unknown[] {
  return [
    textArrayLiteral(submissions.map(({ claim }) => claim.caller)),
    textArrayLiteral(submissions.map(({ claim }) => claim.route)),
    textArrayLiteral(submissions.map(({ claim }) => claim.key)),
    // In one piece, which travels as it is.
    Buffer.concat(submissions.map(({ claim }) => claim.requestHash)),
    textArrayLiteral(submissions.map(({ resource }) => resource.kind)),
    textArrayLiteral(submissions.map(({ resource }) => resource.id)),
    timestampArrayLiteral(submissions.map(({ claimedAt }) => claimedAt)),
    timestampArrayLiteral(submissions.map(({ answerDueAt }) => answerDueAt)),
  ];
}

/** What the keys that are known say, by their identity. */
export async function selectClaims(
  db: Pick<Transaction, 'query'>,
  claims: readonly IdempotencyClaim[],
): Promise<Map<string, ClaimRow>> {
  if (claims.length === 0) return new Map();
  const { rows } = await db.query<ClaimRow>({
    name: 'select-idempotency-keys',
    text: `SELECT caller, route, key, request_hash, resource_kind, resource_id, answer_due_at, status, location, body
           FROM idempotency_keys
           JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted (caller, route, key)
             USING (caller, route, key)`,
    values: [
      textArrayLiteral(claims.map((claim) => claim.caller)),
      textArrayLiteral(claims.map((claim) => claim.route)),
      textArrayLiteral(claims.map((claim) => claim.key)),
    ],
  });
  return new Map(rows.map((row) => [identityOf(row), row]));
}

/** A line feed cannot occur in a header, nor in a caller or a route. */
export function identityOf(claim: KeyIdentity): string {
  return `${claim.caller}\n${claim.route}\n${claim.key}`;
}
