import type { Runtime } from '@florin/runtime';
import type { SealedSecrets } from '@florin/sealed-secrets';
import type { NotificationConfig } from './config.js';
import type { PrismaClient } from './db/generated/client.js';
import type { MailSender } from './providers/mail-sender.js';
import type { SmsSender } from './providers/sms-sender.js';

/** What a handler of this service may touch. */
export interface NotificationContext extends Pick<Runtime, 'clock' | 'logger'> {
  readonly config: NotificationConfig;
  readonly prisma: PrismaClient;
  readonly secrets: SealedSecrets;
  readonly mail: MailSender;
  readonly sms: SmsSender;
}
