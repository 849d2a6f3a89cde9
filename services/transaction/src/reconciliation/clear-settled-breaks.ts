import type { UnitOfWork } from '@florin/messaging';
import { clearBreaks, findHealingBreaks } from '../db/change-breaks.js';
import { findMatchedPayments } from '../db/find-settled-before.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { differenceOf, keyOf } from '../domain/reconcile.js';
import { findPresentSides, type Sides } from './present-sides.js';

const maxBreaks = 10_000;

/** Resolves breaks whose two sides agree by now, of all or of one of them, and returns them. */
export async function clearSettledBreaks(
  { tx }: UnitOfWork,
  now: Date,
  breakId: string | null = null,
): Promise<BreakRow[]> {
  const open = await findHealingBreaks(tx, maxBreaks, breakId);
  if (open.length === 0) return [];
  const ids = open.flatMap(({ transactionId }) => transactionId ?? []);
  const matched = await findMatchedPayments(tx, ids);
  const sidesOf = await findPresentSides(tx, open);
  const settled = open.filter((row) =>
    row.kind === 'missing-at-provider'
      ? matched.has(keyOf(row.paymentKind, row.transactionId!))
      : isSettled(row, sidesOf(row)),
  );
  return clearBreaks(
    tx,
    settled.map(({ id }) => id),
    now,
  );
}

function isSettled({ kind }: BreakRow, { line, record }: Sides): boolean {
  if (!line) return false;
  // The provider has said since whose payment it is, or that no money has moved.
  if (kind === 'missing-at-us') return line.transactionId !== null || line.status !== 'succeeded';
  return record !== undefined && differenceOf(line, record) === undefined;
}
