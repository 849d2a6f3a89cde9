import { z } from 'zod';

const schema = z.object({
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  SANDBOX_SMTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8025),
  /** Where the PSP tells of payments; nowhere by default. */
  SANDBOX_PSP_CALLBACK_URL: z.url().optional(),
  /** Signs what it tells; the same as of the edge. */
  PSP_WEBHOOK_SECRET: z.string().min(1).default('florin-local-psp-webhook-secret'),
  /** How long a pending charge or payout takes. */
  SANDBOX_PSP_PENDING_MS: z.coerce.number().int().min(0).max(3_600_000).default(1_500),
});
export type SandboxConfig = z.infer<typeof schema>;

/** Parses environment variables; throws a readable error that names what is wrong. */
export function loadConfig(env: Record<string, string | undefined>): SandboxConfig {
  const parsed = schema.safeParse(env);
  if (!parsed.success) throw new Error(`Configuration is invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
