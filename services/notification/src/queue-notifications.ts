import { DeliverNotification, NotificationCreated } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';
import type { NotificationContext } from './context.js';
import { findErasedRecipients } from './db/find-erased-recipients.js';
import { insertNotifications } from './db/insert-notifications.js';
import type { Draft } from './domain/draft.js';

export interface CausedDraft {
  readonly draft: Draft;
  /** Missing when a job has made it. */
  readonly cause?: Received;
}

/**
 * Stores notifications, announces them, and commands their delivery, in the transaction of `unit`. Delivery is a
 * message of its own: a provider that is down must hold up neither the event nor the other notifications.
 */
export async function queueNotifications(
  context: NotificationContext,
  unit: UnitOfWork,
  drafts: readonly CausedDraft[],
): Promise<void> {
  const wanted = await withoutErased(unit, drafts);
  if (wanted.length === 0) return;
  const rows = wanted.map(({ draft, cause }) => ({ id: uuidv7(), draft, cause }));
  const inserted = await insertNotifications(
    unit.tx,
    rows.map(({ id, draft }) => ({ id, ...draft })),
    new Date(context.clock.now()),
  );
  for (const { id, draft, cause } of rows) {
    if (!inserted.has(id)) continue;
    const { customerId, channel, template, subject } = draft;
    unit.send(
      NotificationCreated,
      id,
      { notificationId: id, customerId, channel, template, subject },
      { cause, aggregateVersion: 1 },
    );
    unit.send(DeliverNotification, id, { notificationId: id, channel }, { cause });
  }
}

/** A replayed event must not write to somebody who has left: a code that was asked for before carries its address. */
async function withoutErased(
  unit: UnitOfWork,
  drafts: readonly CausedDraft[],
): Promise<readonly CausedDraft[]> {
  if (drafts.length === 0) return drafts;
  const erased = await findErasedRecipients(
    unit.tx,
    drafts.map(({ draft }) => draft.customerId),
  );
  return erased.size === 0 ? drafts : drafts.filter(({ draft }) => !erased.has(draft.customerId));
}
