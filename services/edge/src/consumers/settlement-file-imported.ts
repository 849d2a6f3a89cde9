import type { SettlementFileImported } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectSettlementFiles } from '../db/project-settlement-files.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { settlementFileResource } from '../read-models/settlement-file.js';
import { newestBy } from './newest-by.js';

/** Nothing is recorded for clients' streams: files are the back office's, and have no owner. */
export function onSettlementFileImported(announcer: ProjectionAnnouncer): ApplyBatch<SettlementFileImported> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.settlementFileId,
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectSettlementFiles(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'settlement-file',
        id: row.id,
        final: true,
        representation: settlementFileResource(row),
      })),
    );
  };
}
