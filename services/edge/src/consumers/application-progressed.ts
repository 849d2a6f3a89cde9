import type { ApplicationProgressed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectApplications } from '../db/project-applications.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { Projected, ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import {
  type ApplicationRow,
  applicationResource,
  isFinalApplication,
  isSettledApplication,
} from '../read-models/application.js';
import { newestBy } from './newest-by.js';

export function onApplicationProgressed(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<ApplicationProgressed> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.applicationId,
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectApplications(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('application.progressed', rows, {
        messages: events,
        idOf: ({ applicationId }) => applicationId,
        ownerOf: ({ applicantId }) => applicantId,
        present: applicationResource,
      }),
    );
    announcer.announce(unit, rows.flatMap(projected));
  };
}

/** Who waits for an application wants its end, or to hear that a person has to decide; a decider, that he was heard. */
function projected(row: ApplicationRow): Projected[] {
  const representation = applicationResource(row);
  const news: Projected[] = [];
  if (isSettledApplication(row.status)) {
    const final = isFinalApplication(row.status);
    news.push({ kind: 'application', id: row.id, final, representation });
  }
  if (row.decisionOutcome !== null) {
    news.push({ kind: 'application-decision', id: row.id, final: true, representation });
  }
  return news;
}
