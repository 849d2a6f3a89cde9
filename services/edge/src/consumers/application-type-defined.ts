import type { ApplicationTypeDefined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectApplicationTypes } from '../db/project-application-types.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { applicationTypeId, applicationTypeOutcome } from '../read-models/application-type.js';
import { newestBy } from './newest-by.js';

export function onApplicationTypeDefined(announcer: ProjectionAnnouncer): ApplyBatch<ApplicationTypeDefined> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => applicationTypeId(event.code, event.version),
      (event) => event.version,
    );
    const rows = await projectApplicationTypes(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({ kind: 'application-type', id: row.id, ...applicationTypeOutcome(row) })),
    );
  };
}
