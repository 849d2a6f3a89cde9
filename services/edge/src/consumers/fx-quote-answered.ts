import type { FxQuoted, FxQuoteRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectFxQuotes } from '../db/project-fx-quotes.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { fxQuoteResource, quoteRefusal } from '../read-models/fx.js';
import { newestBy } from './newest-by.js';

/** A quote that was made, or refused: either way its call is answered. */
export function onFxQuoteAnswered<T extends FxQuoted | FxQuoteRefused>(
  announcer: ProjectionAnnouncer,
): ApplyBatch<T> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.quoteId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectFxQuotes(unit.tx, events);
    unit.afterCommit(() =>
      announcer.announce(
        rows.map((row) => ({
          kind: 'fx-quote',
          id: row.id,
          final: true,
          representation: fxQuoteResource(row),
          ...(row.refusalReason === null ? {} : { refusal: quoteRefusal(row.refusalReason) }),
        })),
      ),
    );
  };
}
