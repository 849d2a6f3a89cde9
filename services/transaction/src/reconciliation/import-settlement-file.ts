import { ReconciliationBreakChanged, SettlementFileImported } from '@florin/contracts';
import type { SendOptions, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { findCorrections, lockCorrections } from '../db/find-corrections.js';
import { findKnownBreaks } from '../db/find-known-breaks.js';
import { findPaymentRecords, findPaymentRecordsBetween } from '../db/find-payment-records.js';
import { findListedPayments, findMatchedPayments } from '../db/find-settled-before.js';
import { insertBreaks } from '../db/insert-breaks.js';
import { insertSettlementLines } from '../db/insert-settlement-lines.js';
import { type BreakRow, breakEvent } from '../db/reconciliation-break-row.js';
import { renewBreaks } from '../db/renew-breaks.js';
import { insertSettlementFile, lockSettlementFiles, type SettlementFile } from '../db/settlement-files.js';
import { wakePayments } from '../db/wake-payments.js';
import { booked } from '../domain/booked.js';
import { sortBreaks } from '../domain/known-breaks.js';
import { factsOf, keyOf, type Reconciliation, reconcile, transactionIdPattern } from '../domain/reconcile.js';
import { readSettlementFile, SettlementFileError, type SettlementLine } from '../domain/settlement-file.js';
import { clearSettledBreaks } from './clear-settled-breaks.js';

export interface NewSettlementFile {
  readonly id: string;
  readonly externalId: string;
  readonly settlementDate: string;
  readonly content: string;
  readonly importedBy: string | null;
}

const dayMs = 24 * 60 * 60 * 1_000;
/**
 * What is recorded here around midnight may be in the file of either day, because the provider was done a moment
 * before us. So the last minutes of a day are looked for in both files, and missed only after the second.
 */
const overlapMs = 5 * 60 * 1_000;
const maxRecordsOfDay = 200_000;

/**
 * Imports a settlement file, once, with all of its lines and everything that differs, in the caller's transaction. A
 * file that cannot be read is refused as a whole.
 */
export async function importSettlementFile(
  context: TransactionContext,
  unit: UnitOfWork,
  file: NewSettlementFile,
  options: SendOptions = {},
): Promise<void> {
  const state = await lockSettlementFiles(unit.tx, file);
  if (state === 'handled') return;
  const read = state === 'imported' ? 'file-already-imported' : readLines(file.content);
  const importedAt = new Date(context.clock.now());
  const { id, settlementDate } = file;
  const base = { ...file, importedAt };
  if (typeof read === 'string') {
    const none = { lineCount: 0, matchedCount: 0, breakCount: 0 };
    await announce(unit, { ...base, ...none, refusalReason: read }, options);
    return;
  }
  const { lines, breaks } = await compare(context, unit, read, settlementDate);
  const facts = breaks.map(factsOf);
  const { fresh, renewed } = sortBreaks(facts, await findKnownBreaks(unit.tx, facts));
  const matchedCount = lines.filter(({ transactionId }) => transactionId !== null).length;
  const counts = { lineCount: lines.length, matchedCount, breakCount: fresh.length + renewed.length };
  await announce(unit, { ...base, ...counts, refusalReason: null }, options);
  await insertSettlementLines(unit.tx, id, lines);
  sendBreaks(unit, await insertBreaks(unit.tx, id, fresh, importedAt), options);
  sendBreaks(unit, await renewBreaks(unit.tx, id, renewed), options);
  sendBreaks(unit, await clearSettledBreaks(unit, importedAt), options);
  // The provider has decided what is still pending here.
  const pending = breaks.flatMap(({ record }) =>
    record?.status === 'pending' ? [record.transactionId] : [],
  );
  if (await wakePayments(unit.tx, pending, importedAt)) {
    context.wakeDepositJob();
    context.wakeWithdrawalJob();
  }
}

/** Why a file cannot be read; undefined when it can. */
export function refusalOf(content: string): string | undefined {
  const read = readLines(content);
  return typeof read === 'string' ? read : undefined;
}

/** Tells everything about breaks that have changed. */
export function sendBreaks(unit: UnitOfWork, breaks: readonly BreakRow[], options: SendOptions): void {
  for (const row of breaks) {
    unit.send(ReconciliationBreakChanged, row.id, breakEvent(row), {
      ...options,
      aggregateVersion: row.version,
    });
  }
}

function readLines(content: string): SettlementLine[] | string {
  try {
    return readSettlementFile(content);
  } catch (error) {
    if (error instanceof SettlementFileError) return error.code;
    throw error;
  }
}

async function compare(
  context: TransactionContext,
  { tx }: UnitOfWork,
  file: readonly SettlementLine[],
  settlementDate: string,
): Promise<Reconciliation> {
  const named = file
    .map(({ reference }) => reference)
    .filter((reference) => transactionIdPattern.test(reference));
  const seen = await findListedPayments(
    tx,
    file.map(({ paymentId }) => paymentId),
  );
  const listed = [...seen.values()].flatMap(({ transactionId }) => transactionId ?? []);
  const start = Date.parse(`${settlementDate}T00:00:00Z`) - overlapMs;
  const end = new Date(start + dayMs);
  const sent = await findPaymentRecordsBetween(tx, new Date(start), end, maxRecordsOfDay);
  if (sent.length === maxRecordsOfDay) {
    context.logger.error({ settlementDate }, 'a day has more payments than a reconciliation looks through');
  }
  const recorded = [...sent, ...(await findPaymentRecords(tx, [...named, ...listed]))];
  const ids = recorded.map(({ transactionId }) => transactionId);
  // An approval that came in between would correct what this file shows to be right, and no file might tell again.
  await lockCorrections(tx, ids);
  const records = booked(recorded, await findCorrections(tx, ids));
  // What was corrected to nothing need not be listed.
  const ofTheDay = records.slice(0, sent.length).filter(({ status }) => status !== 'declined');
  return reconcile(file, {
    settlementDate,
    records,
    ofTheDay: new Set(ofTheDay.map(({ kind, transactionId }) => keyOf(kind, transactionId))),
    matched: await findMatchedPayments(tx, ids),
    seen,
  });
}

async function announce(unit: UnitOfWork, file: SettlementFile, options: SendOptions): Promise<void> {
  await insertSettlementFile(unit.tx, file);
  const { id: settlementFileId, refusalReason: reason, importedAt, content: _, ...facts } = file;
  const status = reason === null ? 'imported' : 'refused';
  const body = { settlementFileId, status, reason, ...facts, importedAt: importedAt.getTime() };
  unit.send(SettlementFileImported, settlementFileId, body, { ...options, aggregateVersion: 1 });
}
