import type { ServiceReported } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectServiceReports } from '../db/project-service-reports.js';
import { newestBy } from './newest-by.js';

export const onServiceReported: ApplyBatch<ServiceReported> = (unit, messages) =>
  projectServiceReports(
    unit.tx,
    newestBy(
      messages.map(({ value }) => value),
      ({ instanceId }) => instanceId,
      ({ meta }) => meta.occurredAt,
    ),
  );
