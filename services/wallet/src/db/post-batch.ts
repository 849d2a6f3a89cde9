import type { Transaction } from '@florin/database';
import { PermanentError } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';
import { type DeclineReason, decidePostings, type PostingCommand } from '../domain/posting.js';
import { type DecidedTransfer, findTransfers } from './find-transfers.js';
import { lockWallets } from './lock-wallets.js';
import { type LedgerEntry, writePostings } from './write-postings.js';

export type PostingOutcome =
  | { readonly status: 'posted'; readonly transactionId: string; readonly entries: readonly LedgerEntry[] }
  | { readonly status: 'declined'; readonly transactionId: string; readonly reason: DeclineReason };

/**
 * Posts a batch in the caller's transaction: lock, look for what was decided before, decide in memory in arrival
 * order, write everything. Four round trips with the commit, whatever the size of the batch.
 *
 * Transactions that the ledger has decided before, or that come twice in the batch, have no outcome: their event was
 * sent with the first decision.
 *
 * @throws PermanentError `transaction-id-conflict` when a transaction id comes back with other terms
 */
export async function postBatch(
  tx: Transaction,
  commands: readonly PostingCommand[],
  now: number,
): Promise<PostingOutcome[]> {
  const wallets = await lockWallets(tx, walletsOf(commands));
  // Looked for after the locks are held, so that a decision another instance has just committed is seen.
  const decided = await findTransfers(
    tx,
    commands.map((command) => command.transactionId),
  );
  const fresh = firstOfEach(commands, decided);
  if (fresh.length === 0) return [];

  const { decisions } = decidePostings(wallets, fresh, now);
  const outcomes = decisions.map((decision, i): PostingOutcome => {
    const { transactionId } = fresh[i]!;
    if (decision.status === 'declined') return { ...decision, transactionId };
    const entries = decision.entries.map((entry) => ({ ...entry, entryId: uuidv7(), transactionId }));
    return { status: 'posted', transactionId, entries };
  });
  await writePostings(tx, {
    transfers: fresh.map((command, i) => {
      const outcome = outcomes[i]!;
      return { command, declineReason: outcome.status === 'declined' ? outcome.reason : null };
    }),
    entries: outcomes.flatMap((outcome) => (outcome.status === 'posted' ? outcome.entries : [])),
    // Clocks of two instances differ: a wallet's entries never go back in time for that.
    postedAt: new Date(Math.max(now, ...[...wallets.values()].map((wallet) => wallet.lastEntryAt))),
  });
  return outcomes;
}

function walletsOf(commands: readonly PostingCommand[]): string[] {
  const ids = new Set<string>();
  for (const command of commands) {
    ids.add(command.sourceWalletId);
    ids.add(command.destinationWalletId);
    // A fee account is locked only when it is paid: most transfers are free and must not meet on its row.
    if (command.fee > 0) ids.add(command.feeWalletId);
  }
  return [...ids];
}

function firstOfEach(
  commands: readonly PostingCommand[],
  decided: readonly DecidedTransfer[],
): PostingCommand[] {
  const known = new Map<string, DecidedTransfer>(
    decided.map((transfer) => [transfer.transactionId, transfer]),
  );
  return commands.filter((command) => {
    const earlier = known.get(command.transactionId);
    if (earlier && !sameTerms(command, earlier)) {
      throw new PermanentError(
        'transaction-id-conflict',
        `transaction ${command.transactionId} was decided before on other terms`,
      );
    }
    known.set(command.transactionId, command);
    return earlier === undefined;
  });
}

/** The source of a deposit is a shard of the batch it came in, so it says nothing about the terms. */
function sameTerms(command: PostingCommand, earlier: DecidedTransfer): boolean {
  return (
    (command.sourceKind === 'system' || command.sourceWalletId === earlier.sourceWalletId) &&
    command.destinationWalletId === earlier.destinationWalletId &&
    command.amount === earlier.amount &&
    command.fee === earlier.fee &&
    command.currency === earlier.currency
  );
}
