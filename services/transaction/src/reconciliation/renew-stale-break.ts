import type { UnitOfWork } from '@florin/messaging';
import { lockOpenBreak } from '../db/change-breaks.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { renewBreaks } from '../db/renew-breaks.js';
import { statesOf } from '../domain/known-breaks.js';
import { differenceOf, factsOf } from '../domain/reconcile.js';
import { findPresentSides } from './present-sides.js';

/**
 * Shows a break as it is by now when the provider or the books say something else than when its resolution was proposed: the
 * proposal was about what is no more. Returns it then, and nothing when the proposal stands.
 */
export async function renewStaleBreak({ tx }: UnitOfWork, breakId: string): Promise<BreakRow[]> {
  const row = await lockOpenBreak(tx, breakId);
  // The other kinds have one side only, or one that does not matter.
  if (row?.kind !== 'amount-differs' && row?.kind !== 'status-differs') return [];
  const { line, record } = (await findPresentSides(tx, [row]))(row);
  const kind = line && record && differenceOf(line, record);
  if (!kind) return [];
  const found = factsOf({ kind, line, record });
  return statesOf(found) === statesOf(row) ? [] : renewBreaks(tx, line.fileId, [{ id: row.id, found }]);
}
