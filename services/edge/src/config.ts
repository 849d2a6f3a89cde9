import { commonConfig, parseConfig } from '@florin/runtime';
import { localSealKey } from '@florin/sealed-secrets';
import { z } from 'zod';
import { localTokenKey } from './auth/access-tokens.js';

const schema = commonConfig.extend({
  EDGE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  EDGE_DATABASE_URL: z.string().default('postgres://postgres:postgres@127.0.0.1:15432/florin_edge'),
  REDIS_URL: z.string().default('redis://127.0.0.1:16379'),
  /** 32 bytes in base64 or hex; the same in every service. */
  SEAL_KEY: z.string().default(localSealKey),
  /** Ed25519 seed, 32 bytes in base64 or hex (`openssl rand -base64 32`); signs access tokens. */
  TOKEN_SECRET_KEY: z.string().default(localTokenKey),
  /** Who issues statements, printed on them. */
  INSTITUTION_NAME: z.string().min(1).max(60).default('Florin'),
  /** After so many days events of the security log are deleted; PostgreSQL refuses to delete younger than 30. */
  SECURITY_EVENTS_DAYS: z.coerce.number().int().min(31).default(400),
  /** Proxies in front of the edge whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).default(0),
});
export type EdgeConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): EdgeConfig {
  return parseConfig(schema, env, ['EDGE_DATABASE_URL', 'SEAL_KEY', 'TOKEN_SECRET_KEY']);
}
