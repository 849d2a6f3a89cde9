import { z } from 'zod';

const schema = z.object({
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  SANDBOX_SMTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8025),
});
export type SandboxConfig = z.infer<typeof schema>;

/** Parses environment variables; throws a readable error that names what is wrong. */
export function loadConfig(env: Record<string, string | undefined>): SandboxConfig {
  const parsed = schema.safeParse(env);
  if (!parsed.success) throw new Error(`Configuration is invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
