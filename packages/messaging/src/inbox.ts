import { createHash } from 'node:crypto';
import { type Pool, type Transaction, uuidArray } from '@florin/database';
import { insertNew } from './insert-new.js';
import type { UnitOfWork } from './unit-of-work.js';

export type Claim = 'new' | 'duplicate' | 'conflict';

/** Tells a redelivery from another message under the same id. The first 16 bytes of SHA-256. */
export function fingerprintOf(value: Buffer): Buffer {
  return createHash('sha256').update(value).digest().subarray(0, 16);
}

/**
 * Claims messages for a consumer group inside the transaction that applies them. Ids are inserted in ascending
 * order, so two consumers that got the same records during a rebalance wait for each other instead of deadlocking.
 * A unit that expects them to be new is told that they are, before PostgreSQL has said so.
 */
export async function claimInbox(
  unit: Pick<UnitOfWork, 'tx' | 'expectsNew' | 'pending'>,
  group: string,
  messages: readonly { id: string; fingerprint: Buffer }[],
): Promise<Claim[]> {
  const first = new Map<string, Buffer>();
  for (const { id, fingerprint } of messages) {
    if (!first.has(id)) first.set(id, fingerprint);
  }
  const ids = [...first.keys()].sort();
  const insert = {
    name: 'claim-new',
    text: `INSERT INTO inbox (consumer_group, message_id, fingerprint)
           SELECT $1, u.id, substring($3::bytea FROM 16 * u.place::int - 15 FOR 16)
             FROM unnest($2::uuid[]) WITH ORDINALITY AS u (id, place)`,
    // The fingerprints in one piece, which travels as it is.
    values: [group, uuidArray(ids), Buffer.concat(ids.map((id) => first.get(id)!))],
  };
  const fresh = await insertNew<{ id: string }>(unit, insert, 'message_id AS id');
  const claimed = new Set(fresh?.map(({ id }) => id) ?? ids);
  const stored = await storedFingerprints(
    unit.tx,
    group,
    ids.filter((id) => !claimed.has(id)),
  );
  return messages.map((message) => {
    const known = stored.get(message.id);
    // Only the first record of a batch with a given id can be new; the others are held against it.
    if (known === undefined && claimed.delete(message.id)) return 'new';
    return (known ?? first.get(message.id)!).equals(message.fingerprint) ? 'duplicate' : 'conflict';
  });
}

async function storedFingerprints(
  tx: Transaction,
  group: string,
  ids: string[],
): Promise<Map<string, Buffer>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ message_id: string; fingerprint: Buffer }>({
    name: 'select-inbox-fingerprints',
    text: 'SELECT message_id, fingerprint FROM inbox WHERE consumer_group = $1 AND message_id = ANY($2::uuid[])',
    values: [group, ids],
  });
  return new Map(rows.map((row) => [row.message_id, row.fingerprint]));
}

/** Those of the ids that the group has applied, whatever their payload. */
export async function appliedIds(
  db: Pool | Transaction,
  group: string,
  ids: readonly (string | undefined)[],
): Promise<ReadonlySet<string | undefined>> {
  const { rows } = await db.query<{ message_id: string }>({
    name: 'select-inbox',
    text: 'SELECT message_id FROM inbox WHERE consumer_group = $1 AND message_id = ANY($2::uuid[])',
    values: [group, ids.filter((id) => id !== undefined)],
  });
  return new Set(rows.map((row) => row.message_id));
}
