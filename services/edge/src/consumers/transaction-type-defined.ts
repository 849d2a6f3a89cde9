import type { TransactionTypeDefined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectTransactionTypes } from '../db/project-transaction-types.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { transactionTypeId, transactionTypeResource } from '../read-models/transaction-type.js';
import { newestBy } from './newest-by.js';

export function onTransactionTypeDefined(announcer: ProjectionAnnouncer): ApplyBatch<TransactionTypeDefined> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => transactionTypeId(event.code, event.meta.aggregateVersion),
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectTransactionTypes(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'transaction-type',
        id: row.id,
        final: true,
        representation: transactionTypeResource(row),
      })),
    );
  };
}
