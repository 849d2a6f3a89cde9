import type { ReconciliationBreakChanged } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectReconciliationBreaks } from '../db/project-reconciliation-breaks.js';
import { newestBy } from './newest-by.js';

export const onReconciliationBreakChanged: ApplyBatch<ReconciliationBreakChanged> = (unit, messages) =>
  projectReconciliationBreaks(
    unit.tx,
    newestBy(
      messages.map(({ value }) => value),
      (event) => event.breakId,
      (event) => event.meta.aggregateVersion,
    ),
  );
