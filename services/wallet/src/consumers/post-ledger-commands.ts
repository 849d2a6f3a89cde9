import { randomInt } from 'node:crypto';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { findDecided } from '../db/find-decided.js';
import { lockAccounts, postBatch } from '../db/post-batch.js';
import type { LedgerCommand } from '../domain/ledger-command.js';
import { systemAccountShards } from '../domain/system-account.js';
import { ledgerMessages, readLedgerCommand } from './read-ledger-command.js';
import { sendOutcomes } from './send-outcomes.js';

/** Transfers, deposits, holds, reversals and bulks together: one lock of all wallets, one decision in arrival order. */
export async function postLedgerCommands(
  context: Pick<WalletContext, 'clock'>,
  unit: UnitOfWork,
  messages: readonly Received[],
): Promise<void> {
  const commands = messages.map(readLedgerCommand);
  const causes = new Map<string, Received>();
  commands.forEach((command, i) => {
    const cause = messages[i]!;
    if (!causes.has(command.transactionId)) causes.set(command.transactionId, cause);
    if (command.kind !== 'bulk') return;
    for (const { transactionId } of command.items) {
      if (!causes.has(transactionId)) causes.set(transactionId, cause);
    }
  });
  const causeOf = (transactionId: string) => causes.get(transactionId);
  const batch = await postBatch(unit.tx, commands, {
    now: context.clock.now(),
    shard: shardOf(unit),
    pending: (statement) => unit.pending(statement),
  });
  sendOutcomes(unit, batch, causeOf);
  if (batch.repeated.length > 0) await answerAgain(unit, batch.repeated, causeOf);
}

/**
 * Whoever sends a command again, under another message id, has waited in vain for the answer: it may be a dead letter of
 * his, or of mine. The answer is the one of the first time; nothing moves again.
 */
async function answerAgain(
  unit: UnitOfWork,
  repeated: readonly LedgerCommand[],
  causeOf: (transactionId: string) => Received | undefined,
): Promise<void> {
  for (const { decision, postedAt } of await findDecided(unit.tx, repeated)) {
    sendOutcomes(unit, { outcomes: [decision], postedAt }, causeOf);
  }
}

const ledgerNames = new Set(ledgerMessages.map((definition) => definition.name));

/**
 * Locks every wallet that any message of a batch concerns, before the first handler: handlers that lock their own,
 * one after the other, would take locks in an order of their own and deadlock with another instance.
 */
export async function lockForBatch(unit: UnitOfWork, messages: readonly Received[]): Promise<void> {
  const commands = messages
    .filter(({ definition }) => ledgerNames.has(definition.name))
    .map(readLedgerCommand);
  const others = messages.flatMap(({ definition, value }) =>
    !ledgerNames.has(definition.name) && 'walletId' in value && value.walletId !== null
      ? [String(value.walletId)]
      : [],
  );
  await lockAccounts(unit.tx, commands, shardOf(unit), others);
}

const shards = new WeakMap<UnitOfWork, number>();

/**
 * The shard of system accounts that a transaction uses. All postings of it share one: a batch then updates one row
 * instead of sixteen, and two instances meet on it in one case out of sixteen.
 */
export function shardOf(unit: UnitOfWork): number {
  let shard = shards.get(unit);
  if (shard === undefined) {
    shard = randomInt(systemAccountShards);
    shards.set(unit, shard);
  }
  return shard;
}
