import type { Database } from '@florin/database';
import type { Logger } from '@florin/observability';
import { findEndedBulks } from '../db/find-ended-bulks.js';
import type { PrismaClient } from '../db/generated/client.js';
import { readBulk } from '../read-models/bulk.js';
import type { Projected, ProjectionAnnouncer } from './projection-announcer.js';

/**
 * An announcer that also tells calls which wait for a bulk that its last item has ended.
 *
 * Items end in several transactions of several instances, none of which sees the others before they commit; whoever commits
 * last finds no item pending. A process that dies in between costs the caller the rest of his wait: at the end of
 * it the edge reads the state itself.
 */
export function withBulks(
  announcer: ProjectionAnnouncer,
  options: { readonly database: Database; readonly prisma: PrismaClient; readonly logger: Logger },
): ProjectionAnnouncer {
  const { database, prisma, logger } = options;

  async function announceBulks(ids: readonly string[]): Promise<void> {
    for (const id of await findEndedBulks(database, ids)) {
      const representation = await readBulk(prisma, id);
      if (representation) announcer.tell([{ kind: 'bulk', id, final: true, representation }]);
    }
  }

  return {
    ...announcer,
    announce(unit, projected) {
      announcer.announce(unit, projected);
      const ids = new Set(projected.flatMap((one) => bulkOf(one) ?? []));
      if (ids.size === 0) return;
      unit.afterCommit(() => {
        announceBulks([...ids]).catch((error: Error) => {
          logger.warn({ err: error }, 'a bulk could not be announced');
        });
      });
    },
  };
}

function bulkOf({ representation }: Projected): string | undefined {
  const origin = representation.origin as { readonly kind: string; readonly id: string } | undefined;
  return origin?.kind === 'bulk' ? origin.id : undefined;
}
