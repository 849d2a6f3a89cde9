import type { ApplicationTypeRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectRefusedApplicationTypes } from '../db/project-refused-application-types.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { applicationTypeOutcome } from '../read-models/application-type.js';

export function onApplicationTypeRefused(announcer: ProjectionAnnouncer): ApplyBatch<ApplicationTypeRefused> {
  return async (unit, messages) => {
    const rows = await projectRefusedApplicationTypes(
      unit.tx,
      messages.map(({ value }) => value),
    );
    announcer.announce(
      unit,
      rows.map((row) => ({ kind: 'application-type', id: row.id, ...applicationTypeOutcome(row) })),
    );
  };
}
