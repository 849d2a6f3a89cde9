import { type Pending, type Transaction, uuidv7 } from '@florin/database';
import { PermanentError } from '@florin/messaging';
import { accountsNeeded } from '../domain/accounts-needed.js';
import { Books, type OpeningBooks } from '../domain/books.js';
import { type BatchDecision, decideBatch } from '../domain/decide-batch.js';
import type { Decision } from '../domain/decision.js';
import { type LedgerCommand, singlesOf } from '../domain/ledger-command.js';
import { TermsConflictError } from '../domain/terms.js';
import { findHolds } from './find-holds.js';
import { findReferences } from './find-references.js';
import { findTransfers } from './find-transfers.js';
import { lockWallets } from './lock-wallets.js';
import { writeDecisions } from './write-decisions.js';

export interface PostedBatch {
  /** In arrival order. */
  readonly outcomes: readonly Decision[];
  /** Commands that were decided in an earlier batch: whoever sent one again has not heard the answer. */
  readonly repeated: readonly LedgerCommand[];
  /** Milliseconds since the Unix epoch. */
  readonly postedAt: number;
}

export interface PostingOptions {
  readonly now: number;
  /** Which of the system accounts of a kind the batch uses. */
  readonly shard: number;
  /**
   * Takes the statements that write decisions, so that more are made, and events stored behind them, while PostgreSQL is at work.
   * When absent, each statement is waited for.
   */
  readonly pending?: Pending;
  /** Commands whose decisions share the first statement, the next one has twice as many; 64 when absent. */
  readonly decidedFirst?: number;
}

/**
 * PostgreSQL writes decisions in two to three times the time that it takes to make them: it begins with few, and has work from then on while
 * twice as many are decided. A batch of 500 on a hot wallet, during which nobody else can do anything, is posted in 0.85 of the time by that.
 */
const defaultDecidedFirst = 64;

/**
 * Posts a batch in the caller's transaction: lock, look for what was decided before, decide in memory in arrival
 * order, write everything. With `pending` two round trips, whatever the size of the batch, the second one shared with what follows; up
 * to three more to look things up when there are holds or reversals.
 *
 * What the ledger has decided before, or what comes twice in the batch, has no outcome: it moves nothing again.
 *
 * @throws PermanentError `transaction-id-conflict` when a business key comes back with other terms
 */
export async function postBatch(
  tx: Transaction,
  commands: readonly LedgerCommand[],
  options: PostingOptions,
): Promise<PostedBatch> {
  const opening = await loadBooks(tx, commands, options.shard);
  // Clocks of two instances differ: a wallet's entries never go back in time for that.
  const postedAt = latest(opening, options.now);
  const repeated = commands.filter((command) => opening.transfers.has(command.transactionId));
  const books = Books.open(opening);
  const outcomes: Decision[] = [];
  for (const part of inParts(commands, options.decidedFirst)) {
    // What was written for the part before goes out now: a connection collects what it is given in one turn.
    if (outcomes.length > 0) await new Promise<void>((resolve) => process.nextTick(resolve));
    const decided = decide(books, part, options.now);
    if (decided.decisions.length === 0) continue;
    outcomes.push(...decided.decisions);
    const written = write(tx, decided, postedAt);
    if (options.pending) options.pending(written);
    else await written;
  }
  return { outcomes, repeated, postedAt };
}

function* inParts(
  commands: readonly LedgerCommand[],
  decidedFirst = defaultDecidedFirst,
): Generator<readonly LedgerCommand[]> {
  // Few are decided before PostgreSQL would have noticed.
  if (commands.length < 3 * decidedFirst) return yield commands;
  let from = 0;
  for (let size = decidedFirst; from < commands.length; size *= 2) {
    yield commands.slice(from, from + size);
    from += size;
  }
}

function write(tx: Transaction, { decisions, holds }: BatchDecision, postedAt: number): Promise<void> {
  const transfers = decisions.map((decision) => decision.transfer);
  const entries = decisions.flatMap((decision) => decision.entries);
  return writeDecisions(tx, { transfers, entries, holds, postedAt: new Date(postedAt) });
}

/** Locks everything that the commands may touch, and other wallets, in ascending id order. */
export async function lockAccounts(
  tx: Transaction,
  commands: readonly LedgerCommand[],
  shard: number,
  others: readonly string[],
): Promise<void> {
  const { needed } = await accountsOf(tx, commands, shard);
  await lockWallets(tx, [...needed, ...others]);
}

async function accountsOf(tx: Transaction, commands: readonly LedgerCommand[], shard: number) {
  const singles = singlesOf(commands);
  const holdIds = singles.flatMap((command) => ('holdId' in command ? [command.holdId] : []));
  const originalIds = singles.flatMap((command) => (command.kind === 'reversal' ? [command.originalId] : []));
  const references = await findReferences(tx, holdIds, originalIds);
  return { needed: accountsNeeded(commands, references, shard), holdIds, originalIds };
}

/** What was decided before is looked for once the locks are held, so that what another instance has just committed is seen. */
async function loadBooks(
  tx: Transaction,
  commands: readonly LedgerCommand[],
  shard: number,
): Promise<OpeningBooks> {
  const { needed, holdIds, originalIds } = await accountsOf(tx, commands, shard);
  const ids = commands.flatMap((command) => [
    command.transactionId,
    ...(command.kind === 'bulk' ? command.items.map((item) => item.transactionId) : []),
  ]);
  // In one round trip: each begins, and looks at what is committed, when the one before it has ended.
  const [wallets, transfers, holds] = await Promise.all([
    lockWallets(tx, [...needed]),
    findTransfers(tx, ids, originalIds),
    findHolds(tx, holdIds),
  ]);
  // A hold that was placed between the look-up of its wallet and the locks does not exist for this batch.
  const known = holds.filter((hold) => wallets.has(hold.walletId)).map((hold) => [hold.id, hold] as const);
  return { wallets, transfers, holds: new Map(known), shard, nextEntryId: uuidv7 };
}

function decide(books: Books, commands: readonly LedgerCommand[], now: number): BatchDecision {
  try {
    return decideBatch(books, commands, now);
  } catch (error) {
    if (!(error instanceof TermsConflictError)) throw error;
    throw new PermanentError(error.code, error.message, { cause: error });
  }
}

function latest({ wallets }: OpeningBooks, now: number): number {
  let at = now;
  for (const wallet of wallets.values()) at = Math.max(at, wallet.lastEntryAt);
  return at;
}
