import { parseDuration } from '@florin/messaging';
import { z } from 'zod';
import { packageVersion } from './package-version.js';

const list = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

/** Each delay names a retry topic: two that are the same would send a message round in circles. */
const durations = list.refine(
  (delays) => delays.length > 0 && delays.every(isDuration) && new Set(delays).size === delays.length,
  'expected one or more different durations such as 500ms, 5s or 10m, separated by commas',
);

/** Environment variables that every service reads. Defaults match the embedded servers of `npm start`. */
export const commonConfig = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Of the deployed code, e.g. a commit: dead letters are replayed when it has changed. */
  SERVICE_VERSION: z
    .string()
    .max(100)
    .transform((text) => text || packageVersion)
    .default(packageVersion),
  HOST: z.string().default('127.0.0.1'),
  KAFKA_BROKERS: list.default(['127.0.0.1:19092']),
  SCHEMA_REGISTRY_URL: z.url().default('http://127.0.0.1:18081/apis/ccompat/v7'),
  TOPIC_PREFIX: z.string().default(''),
  KAFKA_PARTITIONS: z.coerce.number().int().positive().default(3),
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().positive().default(1),
  /** Unset, each consumer group has the tiers and the deadline of the topology. */
  RETRY_DELAYS: durations.optional(),
  INBOX_RETENTION: z
    .string()
    .refine((text) => text === 'forever' || isDuration(text), 'expected a duration such as 44d, or forever')
    .optional(),
  RETRY_DEADLINE: z.string().refine(isDuration, 'expected a duration such as 30m or 2h').optional(),
});
export type CommonConfig = z.infer<typeof commonConfig>;

/** A required setting is missing or wrong; the message names each variable, never its value. */
export class ConfigurationError extends Error {
  readonly code = 'configuration-invalid';
  constructor(
    /** One line for each variable. */
    readonly problems: readonly string[],
  ) {
    super(`Configuration is invalid:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * Parses environment variables with a zod schema.
 * @param secrets variables whose local default must not be used in production, spelled out or not
 * @throws ConfigurationError naming every variable that is wrong
 */
export function parseConfig<T extends typeof commonConfig>(
  schema: T,
  env: Record<string, string | undefined>,
  secrets: readonly string[] = [],
): z.infer<T> {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`));
  }
  if (parsed.data.NODE_ENV === 'production') {
    const values: Readonly<Record<string, unknown>> = parsed.data;
    const missing = secrets.filter((name) => isPublicDefault(schema, name, values[name]));
    if (missing.length > 0) {
      throw new ConfigurationError(
        missing.map((name) => `${name}: must be set to a value of its own in production`),
      );
    }
  }
  return parsed.data as z.infer<T>;
}

/** Setting a public default by hand protects as little as leaving the variable out. */
function isPublicDefault(schema: typeof commonConfig, name: string, value: unknown): boolean {
  const field = (schema.shape as Readonly<Record<string, z.ZodType | undefined>>)[name];
  const byDefault = field?.safeParse(undefined);
  return byDefault?.success === true && byDefault.data === value;
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) > 0;
  } catch {
    return false;
  }
}
