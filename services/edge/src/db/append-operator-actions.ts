import type { Transaction } from '@florin/database';
import { v7 as uuidv7 } from 'uuid';
import { type ChainHead, chain, emptyChain, type OperatorAction } from '../domain/audit-chain.js';

/**
 * Audits actions in the transaction that carries them out: neither exists without the other. Appending takes a lock
 * until the commit, because two actions cannot have the same predecessor; call it last.
 */
export async function appendOperatorActions(
  tx: Transaction,
  actions: readonly Omit<OperatorAction, 'id'>[],
): Promise<void> {
  if (actions.length === 0) return;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('operator_actions'))`);
  const rows = chain(
    await headOf(tx),
    actions.map((action) => ({ ...action, id: uuidv7() })),
  );
  await tx.query({
    name: 'append-operator-actions',
    text: `INSERT INTO operator_actions
             (sequence, id, actor, action, subject, reason, detail, occurred_at, previous_hash, hash)
           SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                                $7::jsonb[], $8::timestamptz[], $9::bytea[], $10::bytea[])`,
    values: [
      rows.map((row) => row.sequence),
      rows.map((row) => row.id),
      rows.map((row) => row.actor),
      rows.map((row) => row.action),
      rows.map((row) => row.subject),
      rows.map((row) => row.reason),
      rows.map((row) => JSON.stringify(row.detail)),
      rows.map((row) => row.occurredAt),
      rows.map((row) => row.previousHash),
      rows.map((row) => row.hash),
    ],
  });
}

async function headOf(tx: Transaction): Promise<ChainHead> {
  const { rows } = await tx.query<ChainHead>({
    name: 'select-operator-actions-head',
    text: 'SELECT sequence, hash FROM operator_actions ORDER BY sequence DESC LIMIT 1',
  });
  return rows[0] ?? emptyChain;
}
