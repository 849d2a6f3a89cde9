import type { LedgerSealed } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Keeps the hashes of seals. One that is known stays as it is, whatever comes later under its number. */
export async function insertLedgerSeals(tx: Transaction, events: readonly LedgerSealed[]): Promise<void> {
  await tx.query({
    name: 'insert-ledger-seals',
    text: `INSERT INTO ledger_seals (run_id, number, hash, wallets, entries, sealed_at)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
           ON CONFLICT DO NOTHING`,
    values: [
      events.map((event) => event.runId),
      events.map((event) => event.number),
      events.map((event) => event.hash),
      events.map((event) => event.wallets),
      events.map((event) => event.entries),
      events.map((event) => new Date(event.sealedAt)),
    ],
  });
}
