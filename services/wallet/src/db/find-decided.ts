import type { Transaction } from '@florin/database';
import type { Decision, PostedEntry, TransferRecord } from '../domain/decision.js';
import { groupBy } from '../domain/group-by.js';
import type { LedgerCommand } from '../domain/ledger-command.js';
import { systemAccountId, systemAccountKinds, systemAccountShards } from '../domain/system-account.js';
import { findHolds } from './find-holds.js';
import { findTransfers } from './find-transfers.js';

/** A decision of an earlier batch, as it was told then. */
export interface EarlierDecision {
  readonly decision: Decision;
  /** Milliseconds since the Unix epoch. */
  readonly postedAt: number;
}

type Row = TransferRecord & { readonly postedAt: Date; readonly exactTime: string };

/**
 * What the ledger decided about commands in earlier batches, with the entries of that time. A hold is told of with what
 * remains of it now. For repetitions only: several look-ups for what a first answer knows already.
 */
export async function findDecided(
  tx: Transaction,
  commands: readonly LedgerCommand[],
): Promise<EarlierDecision[]> {
  const ids = commands.flatMap((command) =>
    command.kind === 'bulk'
      ? [...command.items.map((item) => item.transactionId), command.transactionId]
      : [command.transactionId],
  );
  const rows = new Map((await findRecords(tx, ids)).map((row) => [row.transactionId, row]));
  const decided = ids.flatMap((id) => rows.get(id) ?? []);
  const holds = new Map((await findHolds(tx, decided.flatMap(holdIdOf))).map((hold) => [hold.id, hold]));
  const originalIds = decided.flatMap((row) =>
    row.kind === 'reversal' && row.referenceId ? [row.referenceId] : [],
  );
  const originals = originalIds.length > 0 ? await findTransfers(tx, [], originalIds) : undefined;
  const walletIds = [...holds.values()].map((hold) => hold.walletId);
  const entries = groupBy(await findEntries(tx, decided, walletIds), (entry) => entry.transactionId);
  const bulks = new Map(commands.flatMap((c) => (c.kind === 'bulk' ? [[c.transactionId, c] as const] : [])));

  return decided.map(({ postedAt, exactTime: _, ...transfer }) => {
    const own = entries.get(transfer.transactionId) ?? [];
    const hold = holdIdOf(transfer).map((id) => holds.get(id))[0];
    const original = originals?.get(transfer.referenceId ?? '');
    const bulk = bulks.get(transfer.transactionId);
    const decision: Decision = {
      transfer,
      entries: own,
      ...(hold ? { hold, released: releasedBy(transfer, own) } : {}),
      ...(original ? { reversible: original.amount - original.reversed } : {}),
      ...(bulk
        ? {
            bulk: {
              mode: bulk.mode,
              items: bulk.items.flatMap(({ transactionId }) => resultOf(rows.get(transactionId))),
            },
          }
        : {}),
    };
    return { decision, postedAt: postedAt.getTime() };
  });
}

async function findRecords(tx: Transaction, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await tx.query<Row>({
    name: 'find-decided',
    text: `SELECT transaction_id AS "transactionId", kind, source_wallet_id AS "sourceWalletId",
                  destination_wallet_id AS "destinationWalletId", amount, fee, currency,
                  destination_amount AS "destinationAmount", destination_currency AS "destinationCurrency", rate,
                  reference_id AS "referenceId", decline_reason AS "declineReason", description,
                  posted_at AS "postedAt", posted_at::text AS "exactTime"
             FROM transfers WHERE transaction_id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/** Found by wallet and time, the key of the entries: there is no index by transaction, which every posting would pay for. */
async function findEntries(
  tx: Transaction,
  decided: readonly Row[],
  walletIds: readonly string[],
): Promise<PostedEntry[]> {
  const posted = decided.filter((row) => row.declineReason === null && row.kind !== 'bulk');
  if (posted.length === 0) return [];
  const named = posted.flatMap((row) => [row.sourceWalletId, row.destinationWalletId]);
  const currencies = new Set(posted.flatMap((row) => [row.currency, row.destinationCurrency]));
  const candidates = new Set([...named, ...walletIds, ...[...currencies].flatMap(systemAccountsIn)]);
  const { rows } = await tx.query<PostedEntry>({
    name: 'find-decided-entries',
    text: `SELECT id AS "entryId", transaction_id AS "transactionId", wallet_id AS "walletId", sequence, amount,
                  held_change AS "heldChange", posted, held, available, hold_id AS "holdId"
             FROM entries
            WHERE wallet_id = ANY($1::uuid[]) AND posted_at = ANY($2::timestamptz[]) AND transaction_id = ANY($3::uuid[])
            ORDER BY id`,
    values: [
      [...candidates].filter((id) => id !== null),
      posted.map((row) => row.exactTime),
      posted.map((row) => row.transactionId),
    ],
  });
  return rows;
}

function systemAccountsIn(currency: string | null): string[] {
  if (currency === null) return [];
  return systemAccountKinds.flatMap((kind) =>
    Array.from({ length: systemAccountShards }, (_, shard) => systemAccountId(kind, currency, shard)),
  );
}

function holdIdOf({ kind, transactionId, referenceId, declineReason }: TransferRecord): string[] {
  if (declineReason !== null) return [];
  if (kind === 'hold') return [transactionId];
  const isOnHold = kind === 'increment' || kind === 'capture' || kind === 'void' || kind === 'expiry';
  return isOnHold && referenceId !== null ? [referenceId] : [];
}

/** What went back to what is available: all that was held less before, but for what a capture took. */
function releasedBy({ kind, amount, fee }: TransferRecord, entries: readonly PostedEntry[]): number {
  const unheld = -entries.reduce((sum, entry) => sum + entry.heldChange, 0);
  return Math.max(0, kind === 'capture' ? unheld - amount - fee : unheld);
}

function resultOf(row: TransferRecord | undefined) {
  if (!row) return [];
  const { transactionId, declineReason: reason } = row;
  return [{ transactionId, status: reason === null ? ('posted' as const) : ('declined' as const), reason }];
}
