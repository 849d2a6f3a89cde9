import type { FxRateDefined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectFxRates } from '../db/project-fx-rates.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { fxRateResource } from '../read-models/fx.js';
import { newestBy } from './newest-by.js';

export function onFxRateDefined(announcer: ProjectionAnnouncer): ApplyBatch<FxRateDefined> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.fxRateId,
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectFxRates(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'fx-rate',
        id: row.id,
        final: true,
        representation: fxRateResource(row),
      })),
    );
  };
}
