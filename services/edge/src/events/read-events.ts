import type { Database } from '@florin/database';
import { type ClientEventRow, type EventRange, findClientEvents } from '../db/find-client-events.js';
import type { PrismaClient } from '../db/generated/client.js';
import { transactionAsEnded } from '../read-models/transaction.js';
import { walletResource } from '../read-models/wallet.js';
import type { ClientEvent } from './client-event.js';

export interface EventPage {
  readonly events: readonly ClientEvent[];
  /** Everything up to here has been read. */
  readonly end: number;
}

/** Reads events with the representations that GET gives. */
export type ReadEvents = (range: EventRange) => Promise<EventPage>;

export function createEventReader({
  database,
  prisma,
}: {
  readonly database: Database;
  readonly prisma: PrismaClient;
}): ReadEvents {
  return async (range) => {
    const rows = await findClientEvents(database, range);
    const end = rows.length < range.limit ? range.upTo : rows.at(-1)!.sequence;
    const present = await presenter(prisma, rows);
    return { events: rows.flatMap((row) => present(row) ?? []), end };
  };
}

/**
 * The hot path stores no copies: of a transaction only a reversal changes anything after its outcome, and of a wallet
 * whose balance moves nothing else does. What was erased meanwhile is told no more.
 */
async function presenter(
  prisma: PrismaClient,
  rows: readonly ClientEventRow[],
): Promise<(row: ClientEventRow) => ClientEvent | undefined> {
  const idsOf = (matches: (row: ClientEventRow) => boolean): string[] => [
    ...new Set(rows.filter(matches).map(({ subjectId }) => subjectId)),
  ];
  const found = async <Row extends { id: string }>(
    ids: string[],
    find: (where: { id: { in: string[] } }) => Promise<Row[]>,
  ): Promise<ReadonlyMap<string, Row>> =>
    new Map((ids.length === 0 ? [] : await find({ id: { in: ids } })).map((row) => [row.id, row]));
  const transactions = await found(
    idsOf(({ data }) => data === null),
    (where) => prisma.transaction.findMany({ where }),
  );
  const wallets = await found(
    idsOf(({ type }) => type === 'wallet.balance-changed'),
    (where) => prisma.wallet.findMany({ where }),
  );
  return (row) => {
    const data = dataOf(row, transactions.get(row.subjectId), wallets.get(row.subjectId));
    return data && { ...row, data };
  };
}

function dataOf(
  { type, data }: ClientEventRow,
  transaction: Parameters<typeof transactionAsEnded>[0] | undefined,
  wallet: Parameters<typeof walletResource>[0] | undefined,
): object | undefined {
  if (data === null) return transaction && transactionAsEnded(transaction);
  if (type === 'wallet.balance-changed') return wallet && { ...walletResource(wallet), ...data };
  return data;
}
