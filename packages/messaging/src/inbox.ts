import { createHash } from 'node:crypto';
import { arrayLiteral, type Pool, type Transaction } from '@florin/database';

export type Claim = 'new' | 'duplicate' | 'conflict';

/** Tells a redelivery from another message under the same id. The first 16 bytes of SHA-256. */
export function fingerprintOf(value: Buffer): Buffer {
  return createHash('sha256').update(value).digest().subarray(0, 16);
}

/** A message of a batch as the inbox knows it. */
export interface InboxEntry {
  readonly id: string;
  readonly fingerprint: Buffer;
}

/**
 * Claims messages for a consumer group inside the transaction that applies them, none of which it has met before: nearly every batch
 * is like that, and its handlers need not wait for the answer. Ids are inserted in ascending order, so two consumers that got the same
 * records during a rebalance wait for each other instead of deadlocking.
 * @throws a unique violation, which fails the transaction, when one of them is known
 */
export async function claimNew(
  tx: Transaction,
  group: string,
  entries: readonly InboxEntry[],
): Promise<void> {
  await tx.query({
    name: 'claim-new',
    text: `INSERT INTO inbox (consumer_group, message_id, fingerprint)
           SELECT $1, u.id, substring($3::bytea FROM 16 * u.place::int - 15 FOR 16)
             FROM unnest($2::uuid[]) WITH ORDINALITY AS u (id, place)`,
    values: valuesOf(group, inOrder(entries)),
  });
}

/** As `claimNew`, and finds out which of them are new. */
export async function claimInbox(
  tx: Transaction,
  group: string,
  entries: readonly InboxEntry[],
): Promise<Claim[]> {
  const first = new Map(entries.toReversed().map((entry) => [entry.id, entry]));
  const { rows } = await tx.query<{ id: string }>({
    name: 'claim-inbox',
    text: `INSERT INTO inbox (consumer_group, message_id, fingerprint)
           SELECT $1, u.id, substring($3::bytea FROM 16 * u.place::int - 15 FOR 16)
             FROM unnest($2::uuid[]) WITH ORDINALITY AS u (id, place)
           ON CONFLICT DO NOTHING RETURNING message_id AS id`,
    values: valuesOf(group, inOrder([...first.values()])),
  });
  const claimed = new Set(rows.map(({ id }) => id));
  const stored = await storedFingerprints(
    tx,
    group,
    [...first.keys()].filter((id) => !claimed.has(id)),
  );
  return entries.map(({ id, fingerprint }) => {
    const known = stored.get(id);
    // Only the first record of a batch with a given id can be new; the others are held against it.
    if (known === undefined && claimed.delete(id)) return 'new';
    return (known ?? first.get(id)!.fingerprint).equals(fingerprint) ? 'duplicate' : 'conflict';
  });
}

function inOrder(entries: readonly InboxEntry[]): InboxEntry[] {
  return entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The fingerprints in one piece, which travels as it is. */
function valuesOf(group: string, entries: readonly InboxEntry[]): unknown[] {
  return [
    group,
    arrayLiteral(entries.map(({ id }) => id)),
    Buffer.concat(entries.map((entry) => entry.fingerprint)),
  ];
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
