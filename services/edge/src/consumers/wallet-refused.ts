import type { WalletRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectRefusedWallets } from '../db/project-refused-wallets.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { walletResource } from '../read-models/wallet.js';

export function onWalletRefused(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<WalletRefused> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    const rows = await projectRefusedWallets(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('wallet.refused', rows, {
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
