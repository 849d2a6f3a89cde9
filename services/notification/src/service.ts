import {
  ApplicationDecided,
  CardIssued,
  CustomerErased,
  CustomerRegistered,
  CustomerUpdated,
  consumerGroups,
  EmailChanged,
  EmailVerificationRequested,
  LoginChallengeIssued,
  PasswordChanged,
  PasswordResetRequested,
  PhoneChanged,
  PhoneVerificationRequested,
  TransactionCompleted,
} from '@florin/contracts';
import { prismaAdapter } from '@florin/database';
import { createHealthApp, type HttpServer, listen } from '@florin/http';
import { type Handler, handle, handleTogether } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { createRuntime, type Service } from '@florin/runtime';
import { createSealedSecrets } from '@florin/sealed-secrets';
import { Redis } from 'ioredis';
import type { NotificationConfig } from './config.js';
import { deliverNotifications } from './consumers/deliver-notifications.js';
import { eraseRecipients } from './consumers/erase-recipients.js';
import { queueCardMails } from './consumers/queue-card-mails.js';
import { queueDecisionMails } from './consumers/queue-decision-mails.js';
import { queueEmailNotices } from './consumers/queue-email-notices.js';
import { queueLoginCodes } from './consumers/queue-login-codes.js';
import { queuePasswordMails } from './consumers/queue-password-mails.js';
import { queuePhoneCodes } from './consumers/queue-phone-codes.js';
import { queuePhoneNotices } from './consumers/queue-phone-notices.js';
import { queueResetMails } from './consumers/queue-reset-mails.js';
import { queueTransactionMails } from './consumers/queue-transaction-mails.js';
import { queueVerificationMails } from './consumers/queue-verification-mails.js';
import { storeRecipients } from './consumers/store-recipients.js';
import type { NotificationContext } from './context.js';
import { PrismaClient } from './db/generated/client.js';
import { eraseLateNotificationsJob } from './jobs/erase-late-notifications.js';
import { sendDigestsJob } from './jobs/send-digests.js';
import { createMailSender } from './providers/mail-sender.js';
import { createSmsSender } from './providers/sms-sender.js';

export { type NotificationConfig, readConfig } from './config.js';

/** Under load it saves most of the batches of this service, which took a sixth of what a transfer cost. */
const restMs = 200;

/** Tells customers by mail and SMS what happened. */
export function createNotificationService(
  config: NotificationConfig,
  overrides: { clock?: Clock } = {},
): Service {
  const databaseUrl = config.NOTIFICATION_DATABASE_URL;
  const runtime = createRuntime({ service: 'notification', config, databaseUrl, clock: overrides.clock });
  const { database, messaging, logger } = runtime;
  const redis = new Redis(config.REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 3 });
  redis.on('error', (error: Error) => logger.warn({ err: error }, 'redis is away'));
  const onStateChange = runtime.observeBreaker;
  const timeoutMs = config.PROVIDER_TIMEOUT_MS;
  const context: NotificationContext = {
    ...runtime,
    config,
    prisma: new PrismaClient({ adapter: prismaAdapter(database) }),
    secrets: createSealedSecrets({ redis, key: config.SEAL_KEY }),
    mail: createMailSender({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, timeoutMs, onStateChange }),
    sms: createSmsSender({ baseUrl: config.SMS_URL, timeoutMs, onStateChange }),
  };
  messaging.consume({ group: consumerGroups.notification, handlers: handlersOf(context), restMs });
  const lateErasures = eraseLateNotificationsJob(runtime);
  const digests = sendDigestsJob({ ...context, messaging });
  let server: HttpServer | undefined;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await lateErasures.stop();
    await digests.stop();
    await messaging.stop();
    await server?.close();
    context.mail.close();
    await context.sms.close();
    redis.disconnect();
    await context.prisma.$disconnect();
    await database.close();
  }

  return {
    name: 'notification',
    async start() {
      const app = createHealthApp({ ...runtime, isReady: () => messaging.isReady() });
      server = await listen(app, { host: config.HOST, port: config.NOTIFICATION_PORT });
      await redis.connect();
      await messaging.start();
      lateErasures.start();
      digests.start();
      logger.info({ url: server.url }, 'notification is ready');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    get url() {
      if (!server) throw new Error('the notification service has not been started');
      return server.url;
    },
  };
}

/** What the notification service does with each message. */
export function handlersOf(context: NotificationContext): readonly Handler[] {
  return [
    ...handleTogether<CustomerRegistered | CustomerUpdated>(
      [CustomerRegistered, CustomerUpdated],
      storeRecipients,
    ),
    handle(CustomerErased, (unit, messages) => eraseRecipients(context, unit, messages)),
    handle(EmailVerificationRequested, (unit, messages) => queueVerificationMails(context, unit, messages)),
    handle(LoginChallengeIssued, (unit, messages) => queueLoginCodes(context, unit, messages)),
    handle(PasswordResetRequested, (unit, messages) => queueResetMails(context, unit, messages)),
    handle(PasswordChanged, (unit, messages) => queuePasswordMails(context, unit, messages)),
    handle(EmailChanged, (unit, messages) => queueEmailNotices(context, unit, messages)),
    handle(PhoneVerificationRequested, (unit, messages) => queuePhoneCodes(context, unit, messages)),
    handle(PhoneChanged, (unit, messages) => queuePhoneNotices(context, unit, messages)),
    handle(TransactionCompleted, (unit, messages) => queueTransactionMails(context, unit, messages)),
    handle(ApplicationDecided, (unit, messages) => queueDecisionMails(context, unit, messages)),
    handle(CardIssued, (unit, messages) => queueCardMails(context, unit, messages)),
    deliverNotifications(context),
  ];
}
