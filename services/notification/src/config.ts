import { commonConfig, parseConfig } from '@florin/runtime';
import { localSealKey } from '@florin/sealed-secrets';
import { z } from 'zod';

const schema = commonConfig.extend({
  NOTIFICATION_PORT: z.coerce.number().int().min(0).max(65_535).default(8084),
  NOTIFICATION_DATABASE_URL: z
    .string()
    .default('postgres://postgres:postgres@127.0.0.1:15432/florin_notification'),
  REDIS_URL: z.string().default('redis://127.0.0.1:16379'),
  SEAL_KEY: z.string().default(localSealKey),
  SMS_URL: z.url().default('http://127.0.0.1:8090'),
  SMTP_URL: z.url().default('smtp://127.0.0.1:8025'),
  MAIL_FROM: z.string().default('Florin <no-reply@florin.example>'),
  /** Where the links in mails lead. */
  PUBLIC_URL: z.url().default('http://127.0.0.1:8080'),
  PROVIDER_TIMEOUT_MS: z.coerce.number().int().positive().default(3_000),
});
export type NotificationConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): NotificationConfig {
  return parseConfig(schema, env, ['NOTIFICATION_DATABASE_URL', 'SEAL_KEY']);
}
