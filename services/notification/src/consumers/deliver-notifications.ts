import { DeliverNotification, NotificationDelivered } from '@florin/contracts';
import {
  DependencyUnavailableError,
  type Handler,
  handleExternal,
  MessagingError,
  type Performed,
  PermanentError,
  type Received,
  type UnitOfWork,
} from '@florin/messaging';
import { toMessagingError } from '@florin/runtime';
import type { NotificationContext } from '../context.js';
import type { Notification } from '../db/generated/client.js';
import { markDelivered } from '../db/mark-delivered.js';
import { type Rendered, render } from '../templates/catalogue.js';

type Result = 'sent' | 'already-delivered' | 'recipient-erased';

/**
 * Hands a notification to its provider, then marks it as delivered. A crash in between repeats the call under the same
 * id: the SMS gateway drops the repeat by its idempotency key, mail receivers by its Message-ID.
 */
export function deliverNotifications(context: NotificationContext): Handler {
  return handleExternal(DeliverNotification, {
    perform: (message) => perform(context, message),
    apply: (unit, items) => apply(context, unit, items),
  });
}

async function perform(
  context: NotificationContext,
  { value }: Received<DeliverNotification>,
): Promise<Result> {
  const id = value.notificationId;
  const notification = await context.prisma.notification.findUnique({ where: { id } });
  if (!notification) throw new PermanentError('notification-unknown', `notification ${id} does not exist`);
  if (notification.status === 'delivered') return 'already-delivered';
  if (notification.failureCode === 'recipient-erased') return 'recipient-erased';
  // It may have been queued while its recipient was erased: neither transaction saw the other.
  const { customerId } = notification;
  if (await context.prisma.erasedRecipient.findUnique({ where: { customerId } })) return 'recipient-erased';
  try {
    await send(context, notification);
    return 'sent';
  } catch (error) {
    const failure = toMessagingError(error);
    // An open breaker called nobody: it is no attempt.
    if (!(failure instanceof DependencyUnavailableError)) await recordFailure(context, id, failure);
    throw failure;
  }
}

async function send(context: NotificationContext, notification: Notification): Promise<void> {
  const { id, address } = notification;
  const rendered = await renderNotification(context, notification);
  if (rendered.channel === 'sms') await context.sms.send({ id, to: address, body: rendered.content });
  else await context.mail.send({ id, to: address, ...rendered.content });
}

async function renderNotification(
  context: NotificationContext,
  { template, parameters, secretRef }: Notification,
): Promise<Rendered> {
  const secret = secretRef === null ? '' : await context.secrets.open(secretRef);
  // Its time is over, so is that of the message: a code that no longer works must not be sent.
  if (secret === undefined) throw new PermanentError('secret-expired', 'the one-time secret has expired');
  const delivery = { secret, publicUrl: context.config.PUBLIC_URL };
  let rendered: Rendered | undefined;
  try {
    rendered = render(template, parameters, delivery);
  } catch {
    // The cause would quote the parameters, which are personal data.
    throw new PermanentError('template-mismatch', `the parameters do not fit the template ${template}`);
  }
  if (!rendered) throw new PermanentError('template-unknown', `there is no template ${template}`);
  return rendered;
}

/** Shown by the notification's row; the retry topics keep their own count. */
async function recordFailure(context: NotificationContext, id: string, failure: unknown): Promise<void> {
  const failureCode = failure instanceof MessagingError ? failure.code : 'unexpected';
  await context.prisma.notification.updateMany({
    where: {
      id,
      status: { not: 'delivered' },
      // Who has left while it was sent stays erased.
      OR: [{ failureCode: null }, { failureCode: { not: 'recipient-erased' } }],
    },
    data: { status: 'failed', failureCode, attempts: { increment: 1 } },
  });
}

async function apply(
  context: NotificationContext,
  unit: UnitOfWork,
  items: readonly Performed<DeliverNotification, Result>[],
): Promise<void> {
  const causes = new Map(
    items
      .filter(({ result }) => result === 'sent')
      .map(({ message }) => [message.value.notificationId, message]),
  );
  const delivered = await markDelivered(unit.tx, [...causes.keys()], new Date(context.clock.now()));
  for (const { id, customerId, channel, secretRef } of delivered) {
    const body = { notificationId: id, customerId, channel };
    unit.send(NotificationDelivered, id, body, { cause: causes.get(id)!, aggregateVersion: 2 });
    if (secretRef !== null) unit.afterCommit(() => discardSecret(context, secretRef));
  }
}

/** The secret would expire by itself; throwing it away at once only shortens the time in which it could leak. */
function discardSecret({ secrets, logger }: NotificationContext, secretRef: string): void {
  secrets
    .discard(secretRef)
    .catch((error) => logger.warn({ err: error }, 'a delivered secret was not discarded'));
}
