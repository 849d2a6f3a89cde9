import type { Messaging } from '@florin/messaging';
import { every, inBatches, type Job } from '@florin/runtime';
import type { NotificationContext } from '../context.js';
import { findRecipients } from '../db/find-recipients.js';
import { lockDueDigests } from '../db/lock-due-digests.js';
import { writeDigests } from '../db/write-digests.js';
import { afterDigest } from '../domain/movement-digest.js';
import { mailAbout, mailAboutSeveral } from '../domain/movement-notice.js';
import { queueNotifications } from '../queue-notifications.js';

const intervalMs = 1_000;
const batchSize = 200;

/** Writes to customers about the movements that have waited; the row and the notification change in one transaction. */
export function sendDigestsJob(context: NotificationContext & { readonly messaging: Messaging }): Job {
  return every(
    intervalMs,
    async (signal) => {
      await inBatches(batchSize, (size) => sendBatch(context, size), signal);
    },
    { name: 'send-movement-digests', logger: context.logger },
  );
}

function sendBatch(
  context: NotificationContext & { readonly messaging: Messaging },
  limit: number,
): Promise<number> {
  return context.messaging.transaction(async (unit) => {
    const now = context.clock.now();
    const due = await lockDueDigests(unit.tx, new Date(now), limit);
    if (due.length === 0) return 0;
    const recipients = await findRecipients(
      unit.tx,
      due.map(({ customerId }) => customerId),
    );
    const drafts = due.flatMap(({ customerId, eventId, movements, lines }) => {
      const recipient = recipients.get(customerId);
      // Who has left since is not written to any more.
      if (!recipient || eventId === null) return [];
      const [only] = lines;
      return movements === 1 && only
        ? [{ draft: mailAbout(eventId, only, recipient) }]
        : [{ draft: mailAboutSeveral(eventId, { count: movements, lines }, recipient) }];
    });
    await queueNotifications(context, unit, drafts);
    await writeDigests(
      unit.tx,
      due.map((digest) => ({ digest: afterDigest(digest, now), lines: [] })),
    );
    return due.length;
  });
}
