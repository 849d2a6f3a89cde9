import type { WalletStatusChanged } from '@florin/contracts';
import { type ApplyBatch, RetryableError } from '@florin/messaging';
import { finishStatusChanges } from '../db/finish-status-changes.js';
import { projectWalletStatuses } from '../db/project-wallet-statuses.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { statusChangeResourceId } from '../read-models/status-change.js';
import { walletResource } from '../read-models/wallet.js';
import { newestBy } from './newest-by.js';

export function onWalletStatusChanged(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<WalletStatusChanged> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    const newest = newestBy(
      events,
      (event) => event.walletId,
      (event) => event.meta.aggregateVersion,
    );
    const wallets = new Map((await projectWalletStatuses(unit.tx, newest)).map((row) => [row.id, row]));
    for (const { walletId } of newest) {
      // WalletOpened comes first on the same key: it is on a retry topic.
      if (!wallets.has(walletId))
        throw new RetryableError('wallet-not-open', `wallet ${walletId} is not open yet`);
    }
    await finishStatusChanges(
      unit.tx,
      events.map(({ changeId }) => ({ id: changeId, refusalReason: null })),
    );
    await clientEvents.record(
      unit,
      eventsAbout(
        'wallet.status-changed',
        [...wallets.values()].filter(({ changed }) => changed),
        {
          messages: newest,
          idOf: ({ walletId }) => walletId,
          ownerOf: ({ ownerId }) => ownerId,
          present: walletResource,
        },
      ),
    );
    announcer.announce(
      unit,
      events.map(({ changeId, walletId }) => ({
        kind: 'wallet-status',
        id: statusChangeResourceId({ id: changeId, subjectId: walletId }),
        final: true,
        representation: walletResource(wallets.get(walletId)!),
      })),
    );
  };
}
