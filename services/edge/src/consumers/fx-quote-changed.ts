import type { ApplyBatch } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { type FxQuoteEvent, projectFxQuotes } from '../db/project-fx-quotes.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { fxQuoteResource, quoteRefusal } from '../read-models/fx.js';
import { newestBy } from './newest-by.js';

/** A quote that was made or refused, which answers its call, or used. */
export function onFxQuoteChanged(announcer: ProjectionAnnouncer, clock: Clock): ApplyBatch<FxQuoteEvent> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.quoteId,
      (event) => ('transactionId' in event ? 1 : 0),
    );
    const rows = await projectFxQuotes(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'fx-quote',
        id: row.id,
        final: true,
        representation: fxQuoteResource(row, clock.now()),
        ...(row.refusalReason === null ? {} : { refusal: quoteRefusal(row.refusalReason) }),
      })),
    );
  };
}
