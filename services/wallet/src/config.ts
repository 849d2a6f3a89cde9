import { commonConfig, parseConfig } from '@florin/runtime';
import { z } from 'zod';

const schema = commonConfig.extend({
  WALLET_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
  WALLET_DATABASE_URL: z
    .string()
    .default('postgres://florin_wallet:florin_wallet@127.0.0.1:15432/florin_wallet'),
  /** How often holds whose time is over are looked for. */
  WALLET_HOLD_EXPIRY_INTERVAL_MS: z.coerce.number().int().min(10).default(1_000),
  /** Branch that new cards belong to. */
  WALLET_BRANCH: z
    .string()
    .regex(/^\d{4}$/)
    .default('0001'),
  /** Time between two seals of the ledger, and between two audits of the books. */
  LEDGER_SEAL_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(24 * 60 * 60 * 1_000),
  LEDGER_AUDIT_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(5 * 60 * 1_000),
  ISSUER_URL: z.url().default('http://127.0.0.1:8090'),
  /** Bound on each call to the card issuer. */
  ISSUER_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
  /** Cards being ordered at once by this process. */
  ISSUER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16),
});
export type WalletConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): WalletConfig {
  return parseConfig(schema, env, ['WALLET_DATABASE_URL', 'ISSUER_URL']);
}
