import type { TransactionDeclined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOutcomes } from '../db/project-outcomes.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { transactionResource } from '../read-models/transaction.js';

export function onTransactionDeclined(announcer: ProjectionAnnouncer): ApplyBatch<TransactionDeclined> {
  return async (unit, messages) => {
    const rows = await projectOutcomes(
      unit.tx,
      messages.map(({ value }) => value),
    );
    unit.afterCommit(() =>
      announcer.announce(
        rows.map((row) => ({
          kind: 'transaction',
          id: row.id,
          final: true,
          representation: transactionResource(row),
        })),
      ),
    );
  };
}
