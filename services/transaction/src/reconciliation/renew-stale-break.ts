import type { UnitOfWork } from '@florin/messaging';
import { lockOpenBreak } from '../db/change-breaks.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { renewBreaks } from '../db/renew-breaks.js';
import { statesOf } from '../domain/known-breaks.js';
import { type Break, differenceOf, factsOf } from '../domain/reconcile.js';
import { findPresentSides, type Sides } from './present-sides.js';

/**
 * Shows a break as it is by now when the provider or the books say something else than when its resolution was proposed: the
 * proposal was about what is no more. Returns it then, and nothing when the proposal stands.
 */
export async function renewStaleBreak({ tx }: UnitOfWork, breakId: string): Promise<BreakRow[]> {
  const row = await lockOpenBreak(tx, breakId);
  if (!row) return [];
  const { line, record } = (await findPresentSides(tx, [row]))(row);
  const present = presentBreak(row, line, record);
  if (!present) return [];
  const found = factsOf(present);
  const fileId = line?.fileId ?? row.fileId;
  return statesOf(found) === statesOf(row) ? [] : renewBreaks(tx, fileId, [{ id: row.id, found }]);
}

/** The difference as it is by now; undefined where nothing that matters can have changed. */
function presentBreak({ kind }: BreakRow, line: Sides['line'], record: Sides['record']): Break | undefined {
  if (kind === 'missing-at-provider') return record && { kind, line: null, record };
  if (kind !== 'amount-differs' && kind !== 'status-differs') return undefined;
  const difference = line && record && differenceOf(line, record);
  return difference && { kind: difference, line, record };
}
