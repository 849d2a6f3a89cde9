import { commonConfig, parseConfig } from '@florin/runtime';
import { z } from 'zod';

const schema = commonConfig.extend({
  APPLICATION_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  APPLICATION_DATABASE_URL: z
    .string()
    .default('postgres://postgres:postgres@127.0.0.1:15432/florin_application'),
  KYC_URL: z.url().default('http://127.0.0.1:8090'),
  CREDIT_BUREAU_URL: z.url().default('http://127.0.0.1:8090'),
  PROVIDER_TIMEOUT_MS: z.coerce.number().int().positive().default(3_000),
});
export type ApplicationConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): ApplicationConfig {
  return parseConfig(schema, env, ['APPLICATION_DATABASE_URL']);
}
