import type { Database } from '@florin/database';
import { type ChainedAction, emptyChain, verify } from '../domain/audit-chain.js';

const batchSize = 1_000;

export interface AuditVerification {
  readonly intact: boolean;
  /** Actions that were found to be intact. */
  readonly actions: number;
  /** Number of the first action that is missing or was changed. */
  readonly brokenAt: number | null;
  /** Hash of the last intact action: kept elsewhere, it also proves later that none was cut off at the end. */
  readonly headHash: string;
}

/** Checks the audit trail from its first row on. */
export async function verifyOperatorActions(database: Database): Promise<AuditVerification> {
  let head = emptyChain;
  for (;;) {
    const { rows } = await database.pool.query<ChainedAction>({
      name: 'select-operator-actions',
      text: `SELECT sequence, id, actor, action, subject, reason, detail, occurred_at AS "occurredAt",
               previous_hash AS "previousHash", hash
             FROM operator_actions WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
      values: [head.sequence, batchSize],
    });
    const verified = verify(head, rows);
    head = verified.head;
    if (verified.brokenAt !== null || rows.length < batchSize) return answer(head, verified.brokenAt);
  }
}

function answer(head: { sequence: number; hash: Buffer }, brokenAt: number | null): AuditVerification {
  return { intact: brokenAt === null, actions: head.sequence, brokenAt, headHash: head.hash.toString('hex') };
}
