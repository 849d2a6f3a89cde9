import { parseDuration } from '@florin/messaging';
import { commonConfig, parseConfig } from '@florin/runtime';
import { localSealKey } from '@florin/sealed-secrets';
import { z } from 'zod';
import { localTokenKey } from './auth/access-tokens.js';
import { parseRate, type Rate } from './domain/rate.js';
import { isTimeZone } from './domain/time-zone.js';

const rate = z.string().transform((text, refinement) => {
  const parsed = parseRate(text);
  if (parsed) return parsed;
  refinement.addIssue({ code: 'custom', message: 'expected a rate such as 100/1s or 5/10m' });
  return z.NEVER;
});

/** `getStatement=50/1s,logIn=5/1s`: quotas of single operations. */
const routeRates = z.string().transform((text, refinement) => {
  const pairs = text.split(',').filter((pair, _, all) => pair !== '' || all.length > 1);
  const parsed = pairs.map((pair) => pair.split('=').map((part) => part.trim()));
  const rates = parsed.map(([operation = '', value = '']) => [operation, parseRate(value)] as const);
  const isComplete = rates.every(([operation, value]) => /^\w+$/.test(operation) && value);
  if (isComplete && new Set(rates.map(([operation]) => operation)).size === rates.length) {
    return Object.fromEntries(rates) as Readonly<Record<string, Rate>>;
  }
  refinement.addIssue({
    code: 'custom',
    message: 'expected rates of operations such as getStatement=50/1s,logIn=5/1s',
  });
  return z.NEVER;
});

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Public, as the sandbox has it, so production refuses it. */
const localPspWebhookSecret = 'florin-local-psp-webhook-secret';

const count = z.coerce.number().int().min(0).max(1_000_000);

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch {
    context.addIssue('expected a duration such as 12h or 7d');
    return z.NEVER;
  }
});

/** Well below the time for which the cache remembers that everything in it has become worthless. */
const maxCacheTtlMs = 30_000;

const schema = commonConfig.extend({
  EDGE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  EDGE_DATABASE_URL: z.string().default('postgres://postgres:postgres@127.0.0.1:15432/florin_edge'),
  /** A replica of it; reads go there as long as it keeps up. Without one all reads go to the primary. */
  EDGE_READ_DATABASE_URL: z
    .string()
    .optional()
    .transform((url) => url || undefined),
  REDIS_URL: z.string().default('redis://127.0.0.1:16379'),
  /**
   * How long a wallet or a transaction may be read from Redis at most, when a change could not be told to Redis; 0s: never.
   */
  READ_CACHE_TTL: duration.refine((ms) => ms <= maxCacheTtlMs, 'expected 30s at most').prefault('10s'),
  /** IANA time zone of customers who name none. */
  CUSTOMER_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'expected a time zone such as Europe/Berlin'),
  /** 32 bytes in base64 or hex; the same in every service. */
  SEAL_KEY: z.string().default(localSealKey),
  /** Signs what the payment provider tells us; the same at the provider. */
  PSP_WEBHOOK_SECRET: z.string().min(16).default(localPspWebhookSecret),
  /** Ed25519 seed, 32 bytes in base64 or hex (`openssl rand -base64 32`); signs access tokens. */
  TOKEN_SECRET_KEY: z.string().default(localTokenKey),
  /** Further keys whose tokens are accepted while keys are rotated: `k4.public.…` or seeds, separated by commas. */
  TOKEN_VERIFICATION_KEYS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((key) => key !== '')),
  /** Seconds between two codes to one phone, unless the first was used; 30 in production, otherwise 0. */
  OTP_COOLDOWN_SECONDS: count.optional(),
  /** Codes that are sent to one phone in a day; 30 in production, otherwise 100,000. */
  OTP_PER_DAY: count.optional(),
  /** Wrong passwords for one account from one network before attempts are refused; 10 in production, otherwise 100. */
  LOGIN_FAILURES_ALLOWED: count.min(1).optional(),
  /** Seconds between two mails that anyone can ask for to one address; 60 in production, otherwise 0. */
  MAIL_COOLDOWN_SECONDS: count.optional(),
  /** Such mails to one address in a day; 10 in production, otherwise 100,000. */
  MAIL_PER_DAY: count.optional(),
  /** Passwords of one network that may wait to be hashed; 50 in production, otherwise 500, which is all that may wait. */
  PASSWORDS_WAITING_PER_NETWORK: count.min(1).optional(),
  /** A session ends so long after its login, however often it is refreshed. */
  SESSION_MAX_AGE: duration.prefault('90d'),
  /** Threads of libuv's pool, which read it themselves; password hashes take all but one of them. */
  UV_THREADPOOL_SIZE: z.coerce.number().int().min(1).max(1_024).default(4),
  /** Who issues statements, printed on them. */
  INSTITUTION_NAME: z.string().min(1).max(60).default('Florin'),
  /**
   * SHA-256 (64 hexadecimal digits) of the first API key, as `florin api-keys bootstrap` prints it. The key itself is
   * nowhere but with its operator.
   */
  INITIAL_API_KEY_HASH: z
    .union([z.literal(''), z.string().regex(/^[0-9a-f]{64}$/i)])
    .transform((text) => text || undefined)
    .optional(),
  /** Days before the expiry of an API key at which `ApiKeyExpiring` is sent. */
  API_KEY_EXPIRY_WARNING_DAYS: z
    .string()
    .regex(/^\d{1,3}(,\d{1,3})*$/, 'expected days such as 30,7,1')
    .transform((text) => [...new Set(text.split(',').map(Number))])
    .default([30, 7, 1]),
  /** How often keys that expire are looked for. */
  API_KEY_EXPIRY_INTERVAL_MS: z.coerce.number().int().min(100).default(30_000),
  /** After so many days events of the security log are deleted; PostgreSQL refuses to delete younger than 30. */
  SECURITY_EVENTS_DAYS: z.coerce.number().int().min(31).default(400),
  /** Streams of `GET /v1/events` that an instance holds open, in all and for one caller. */
  EVENT_STREAMS_MAX: z.coerce.number().int().min(0).default(5_000),
  EVENT_STREAMS_PER_CALLER: z.coerce.number().int().min(1).default(10),
  /** How long a client can resume a stream. */
  EVENT_RETENTION: duration.prefault('7d'),
  /** Whoever reads `/metrics` has to send it as a bearer token. Unset: anyone may. */
  METRICS_TOKEN: z
    .string()
    .regex(/^([\w.~+/=-]{16,200})?$/, 'expected 16 to 200 characters of a bearer token')
    .transform((token) => token || undefined)
    .optional(),
  /** Connections that an instance accepts, in all and from one address (IPv6: one /64); behind proxies only in all. */
  HTTP_CONNECTIONS_MAX: z.coerce.number().int().min(1).default(10_000),
  HTTP_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(5_000),
  /** Proxies in front of the edge whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).default(0),
  /** Origins whose pages may call from a browser, separated by commas. Unset: none in production, else those of this machine. */
  CORS_ORIGINS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .refine((origins) => origins.every(isOrigin), 'expected origins such as https://app.example.com')
    .optional(),
  /** Calls of one caller to one route: GET of one thing, of a list, and everything else. */
  RATE_LIMIT_READS: rate.default({ quota: 10_000, windowMs: 1_000 }),
  RATE_LIMIT_LISTS: rate.default({ quota: 5_000, windowMs: 1_000 }),
  RATE_LIMIT_WRITES: rate.default({ quota: 10_000, windowMs: 1_000 }),
  /**
   * Calls of one address (IPv6: of one /64) to one route that needs no caller, such as registration or login; 10/1s in
   * production, otherwise 100/1s. A login costs as much as hundreds of other calls.
   */
  RATE_LIMIT_PUBLIC: rate.optional(),
  /** Quotas of single routes instead of those of their class. */
  RATE_LIMIT_ROUTES: routeRates.default({}),
  /** What a call waits for Redis at most before this instance limits by itself: Redis answers in less than one ms, a busy process reads late. */
  RATE_LIMIT_ANSWER_TIMEOUT: duration.prefault('250ms'),
  /** Calls of one address whose token was refused. */
  RATE_LIMIT_REFUSALS: rate.default({ quota: 1_000, windowMs: 1_000 }),
});
export type EdgeConfig = z.infer<typeof schema>;

/** @throws ConfigurationError naming every variable that is wrong */
export function readConfig(env: Record<string, string | undefined>): EdgeConfig {
  return parseConfig(schema, env, [
    'EDGE_DATABASE_URL',
    'SEAL_KEY',
    'TOKEN_SECRET_KEY',
    'PSP_WEBHOOK_SECRET',
  ]);
}

/** What guessing and sending is allowed; generous where there are only tests, strict where it costs money. */
export function identityLimits(config: EdgeConfig) {
  const strict = config.NODE_ENV === 'production';
  const mail = {
    cooldownMs: 1_000 * (config.MAIL_COOLDOWN_SECONDS ?? (strict ? 60 : 0)),
    perDay: config.MAIL_PER_DAY ?? (strict ? 10 : 100_000),
  };
  return {
    publicCalls: config.RATE_LIMIT_PUBLIC ?? { quota: strict ? 10 : 100, windowMs: 1_000 },
    passwordsWaitingEach: config.PASSWORDS_WAITING_PER_NETWORK ?? (strict ? 50 : 500),
    loginFailuresAllowed: config.LOGIN_FAILURES_ALLOWED ?? (strict ? 10 : 100),
    otp: {
      cooldownMs: 1_000 * (config.OTP_COOLDOWN_SECONDS ?? (strict ? 30 : 0)),
      perDay: config.OTP_PER_DAY ?? (strict ? 30 : 100_000),
    },
    mail,
    /** What all networks together can have mailed to one mailbox to reset its password. */
    resetMailbox: { ...mail, perDay: 3 * mail.perDay },
  };
}
