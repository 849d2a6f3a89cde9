import { commonConfig, parseConfig } from '@florin/runtime';
import { localSealKey } from '@florin/sealed-secrets';
import { z } from 'zod';

const schema = commonConfig.extend({
  TRANSACTION_PORT: z.coerce.number().int().min(0).max(65_535).default(8083),
  TRANSACTION_DATABASE_URL: z
    .string()
    .default('postgres://postgres:postgres@127.0.0.1:15432/florin_transaction'),
  REDIS_URL: z.string().default('redis://127.0.0.1:16379'),
  SEAL_KEY: z.string().default(localSealKey),
  PSP_URL: z.url().default('http://127.0.0.1:8090'),
  /** Bound on each call to the payment provider. */
  PSP_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
  /** Bound on the download of a settlement file. */
  PSP_FILE_TIMEOUT_MS: z.coerce.number().int().min(50).max(600_000).default(30_000),
  /** How long a promised rate holds. */
  FX_QUOTE_TTL_MS: z.coerce.number().int().min(100).max(3_600_000).default(30_000),
  /** A rate that was set longer ago is not promised to anybody: its source may have stopped. */
  FX_RATE_MAX_AGE_MS: z.coerce.number().int().min(1_000).default(86_400_000),
  /** Charges and refunds under way at once in this process. */
  PSP_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16),
  /** How many past days' settlement files are fetched when they are missing, also before the first that was fetched; 0 for none at all. */
  SETTLEMENT_FILES_DAYS: z.coerce.number().int().min(0).max(31).default(3),
  /** After the end of a day (UTC) until its file is fetched. */
  SETTLEMENT_FILES_DELAY_MS: z.coerce.number().int().min(0).max(86_400_000).default(3_600_000),
  /** How often missing files are looked for. */
  SETTLEMENT_FILES_INTERVAL_MS: z.coerce.number().int().min(100).default(600_000),
  /** An outcome that takes longer than this is overdue: the ledger is asked again. */
  TRANSACTION_PATIENCE_MS: z.coerce.number().int().min(100).max(3_600_000).default(30_000),
  /** From then on the ledger is asked with a deadline that is over, so that a transfer it has not posted fails. */
  TRANSACTION_TIMEOUT_MS: z.coerce.number().int().min(1_000).default(900_000),
  /** How often overdue transactions are looked for. */
  TRANSACTION_SWEEP_INTERVAL_MS: z.coerce.number().int().min(50).default(5_000),
});
export type TransactionConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): TransactionConfig {
  return parseConfig(schema, env, ['TRANSACTION_DATABASE_URL', 'REDIS_URL', 'SEAL_KEY', 'PSP_URL']);
}
