import type { WalletOpened } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOpenedWallets } from '../db/project-opened-wallets.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { walletResource } from '../read-models/wallet.js';
import { newestBy } from './newest-by.js';

export function onWalletOpened(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<WalletOpened> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.walletId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectOpenedWallets(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('wallet.opened', rows, {
        messages: events,
        idOf: ({ walletId }) => walletId,
        ownerOf: ({ ownerId }) => ownerId,
        present: walletResource,
      }),
    );
    announcer.announce(
      unit,
      rows.map((row) => ({ kind: 'wallet', id: row.id, final: true, representation: walletResource(row) })),
    );
  };
}
