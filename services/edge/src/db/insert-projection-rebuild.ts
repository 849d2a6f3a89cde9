import type { Database } from '@florin/database';
import { Problem } from '@florin/http';
import type { ProjectionRebuildRow } from '../read-models/projection-rebuild.js';
import { appendOperatorActions } from './append-operator-actions.js';

/** Asks for a rebuild, and audits who did. @throws Problem 409 while there is another */
export function insertProjectionRebuild(database: Database, row: ProjectionRebuildRow): Promise<void> {
  const { id, projections, carryOver, requestedBy, reason, createdAt } = row;
  return database.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `INSERT INTO projection_rebuilds (id, projections, carry_over, requested_by, reason, status, detail, created_at)
       VALUES ($1, $2, $3, $4, $5, 'running', $6, $7)
       ON CONFLICT (status) WHERE status = 'running' DO NOTHING`,
      [id, projections, carryOver, requestedBy, reason, row.detail, createdAt],
    );
    if (rowCount === 0) {
      throw new Problem(409, 'rebuild-running', 'Read models are being rebuilt at this moment.');
    }
    await appendOperatorActions(tx, [
      {
        actor: requestedBy,
        action: 'projections.rebuild',
        subject: id,
        reason,
        detail: { projections, carryOver },
        occurredAt: createdAt,
      },
    ]);
  });
}
