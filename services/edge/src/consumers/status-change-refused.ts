import type { CardStatusChangeRefused, WalletStatusChangeRefused } from '@florin/contracts';
import type { ApplyBatch, Received } from '@florin/messaging';
import { finishStatusChanges } from '../db/finish-status-changes.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { statusChangeResourceId, statusRefusal } from '../read-models/status-change.js';

/** Answers the call that asked for a status that the wallet service refused. */
function onRefused<T extends WalletStatusChangeRefused | CardStatusChangeRefused>(
  announcer: ProjectionAnnouncer,
  kind: 'wallet-status' | 'card-status',
  subjectOf: (event: T) => string,
): ApplyBatch<T> {
  return async (unit, messages: readonly Received<T>[]) => {
    const events = messages.map(({ value }) => value);
    await finishStatusChanges(
      unit.tx,
      events.map(({ changeId, reason }) => ({ id: changeId, refusalReason: reason })),
    );
    announcer.announce(
      unit,
      events.map((event) => ({
        kind,
        id: statusChangeResourceId({ id: event.changeId, subjectId: subjectOf(event) }),
        final: true,
        representation: {},
        refusal: statusRefusal(event.reason),
      })),
    );
  };
}

export function onWalletStatusChangeRefused(
  announcer: ProjectionAnnouncer,
): ApplyBatch<WalletStatusChangeRefused> {
  return onRefused(announcer, 'wallet-status', (event) => event.walletId);
}

export function onCardStatusChangeRefused(
  announcer: ProjectionAnnouncer,
): ApplyBatch<CardStatusChangeRefused> {
  return onRefused(announcer, 'card-status', (event) => event.cardId);
}
