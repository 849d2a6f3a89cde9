import type { ScheduledTransferProgressed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOccurrences } from '../db/project-occurrences.js';
import { projectScheduledTransfers } from '../db/project-scheduled-transfers.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import {
  cancellationRefusal,
  scheduledTransferResource,
  scheduleRefusal,
} from '../read-models/scheduled-transfer.js';
import { newestBy } from './newest-by.js';

/** A schedule and its history. Occurrences of events that come late still belong to the history. */
export function onScheduledTransferProgressed(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<ScheduledTransferProgressed> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    const newest = newestBy(
      events,
      (event) => event.scheduledTransferId,
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectScheduledTransfers(unit.tx, newest);
    await projectOccurrences(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout(
        'scheduled-transfer.progressed',
        rows.filter(({ changed }) => changed),
        {
          messages: newest,
          idOf: ({ scheduledTransferId }) => scheduledTransferId,
          ownerOf: ({ ownerId }) => ownerId,
          present: scheduledTransferResource,
        },
      ),
    );
    announcer.announce(
      unit,
      rows.flatMap((row) => {
        const known = { id: row.id, final: true, representation: scheduledTransferResource(row) };
        const refusal = scheduleRefusal(row);
        const made = { kind: 'scheduled-transfer', ...known, ...(refusal && { refusal }) } as const;
        const tooLate = cancellationRefusal(row);
        const cancellation = { kind: 'scheduled-transfer-cancellation', ...known } as const;
        const ended = { ...cancellation, ...(tooLate && { refusal: tooLate }) };
        return row.status === 'active' ? [made] : [made, ended];
      }),
    );
  };
}
