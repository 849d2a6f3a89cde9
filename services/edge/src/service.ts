import { prismaAdapter } from '@florin/database';
import { type HttpServer, listen } from '@florin/http';
import type { Clock } from '@florin/observability';
import { createRuntime, type Runtime, type Service } from '@florin/runtime';
import { createSealedSecrets } from '@florin/sealed-secrets';
import { ensureInitialApiKey } from './api-keys/ensure-initial-api-key.js';
import { createEdgeApp } from './app.js';
import { createAccessTokens } from './auth/access-tokens.js';
import { createApiKeyNews } from './auth/api-key-news.js';
import { ApiKeyRegistry } from './auth/api-key-registry.js';
import { countApiKeyUse, createApiKeyUsage } from './auth/api-key-usage.js';
import { createAuthenticator } from './auth/authenticator.js';
import { createKeyedHash } from './auth/keyed-hash.js';
import { knownScopes } from './auth/known-scopes.js';
import { ensureLocalApiKeys } from './auth/local-api-keys.js';
import { createLoginChallenges } from './auth/login-challenges.js';
import { createLoginGuard } from './auth/login-guard.js';
import { createPasswords } from './auth/passwords.js';
import { createResetAllowance } from './auth/reset-allowance.js';
import { createSendAllowance } from './auth/send-allowance.js';
import { createSessionRevocations } from './auth/session-revocations.js';
import { type EdgeConfig, identityLimits } from './config.js';
import type { EdgeContext } from './context.js';
import { PrismaClient } from './db/generated/client.js';
import { routes } from './open-api.js';
import { createPlatformReadiness } from './ops/platform-readiness.js';
import { createPlatform, type PlatformParts } from './platform.js';
import { createRateLimiter } from './rate-limits/create-rate-limiter.js';
import { refuseUnknownRoutes } from './rate-limits/route-policies.js';
import { createReadCache } from './read-cache/read-cache.js';
import { createRedis } from './redis.js';
import { createReadRouter } from './replica/read-router.js';
import { noteRefusedCallers } from './security/refused-callers.js';
import { createSecurityLog } from './security/security-log.js';

export { type EdgeConfig, readConfig } from './config.js';

/** The REST ingress: identity, commands, read models and operations. */
export function createEdgeService(config: EdgeConfig, overrides: { clock?: Clock } = {}): Service {
  const runtime = createRuntime({
    service: 'edge',
    config,
    databaseUrl: config.EDGE_DATABASE_URL,
    clock: overrides.clock,
  });
  const base = createContext(config, runtime);
  const platform = createPlatform(base);
  const context: EdgeContext = { ...base, ...platform.parts };
  const { messaging, prisma, redis, revocations, securityLog, apiKeys, apiKeyNews } = context;
  const keyUsage = createApiKeyUsage(runtime);
  refuseUnknownRoutes(config.RATE_LIMIT_ROUTES, routes);
  const rates = createRateLimiter(context);
  const app = createEdgeApp(context, {
    limiter: rates.limiter,
    authenticate: countApiKeyUse(noteRefusedCallers(context.authenticate, context), keyUsage),
    isReady: createPlatformReadiness(context),
    isOpen: () => open,
  });
  let open = false;
  let server: HttpServer | undefined;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    platform.stopWaiting();
    await server?.close();
    await platform.stop();
    await apiKeys.stop();
    await keyUsage.stop();
    await securityLog.stop();
    await messaging.stop();
    context.readCache.stop();
    await context.reads.stop();
    revocations.stop();
    rates.stop();
    apiKeyNews.stop();
    redis.disconnect();
    await prisma.$disconnect();
    await runtime.database.close();
  }

  return {
    name: 'edge',
    async start() {
      server = await listen(app, {
        host: config.HOST,
        port: config.EDGE_PORT,
        limits: connectionLimits(config),
      });
      await redis.connect();
      await rates.start();
      await revocations.start();
      await context.reads.start();
      await context.readCache.start();
      if (config.NODE_ENV !== 'production') await ensureLocalApiKeys(prisma, runtime.clock);
      securityLog.start();
      keyUsage.start();
      await apiKeyNews.start();
      apiKeys.start();
      await platform.start();
      await messaging.start();
      const initialKeyHash = config.INITIAL_API_KEY_HASH;
      if (initialKeyHash) await ensureInitialApiKey(context, initialKeyHash, runtime.logger);
      open = true;
      runtime.logger.info({ url: server.url }, 'edge is ready');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    get url() {
      if (!server) throw new Error('the edge has not been started');
      return server.url;
    },
  };
}

/** Behind a proxy all clients have its address. */
function connectionLimits(config: EdgeConfig) {
  const perClient =
    config.TRUSTED_PROXIES > 0 ? Number.POSITIVE_INFINITY : config.HTTP_CONNECTIONS_PER_ADDRESS;
  return { maxConnections: config.HTTP_CONNECTIONS_MAX, maxConnectionsPerClient: perClient };
}

function createContext(config: EdgeConfig, runtime: Runtime): Omit<EdgeContext, keyof PlatformParts> {
  const { clock, logger } = runtime;
  const keyPrefix = config.TOPIC_PREFIX;
  const redis = createRedis(config.REDIS_URL, logger);
  const limits = identityLimits(config);
  const limited = { redis, hash: createKeyedHash(config.SEAL_KEY), keyPrefix, clock };
  // Other formats quote the arguments of a query, which are personal data, in error messages.
  const prisma = new PrismaClient({ adapter: prismaAdapter(runtime.database), errorFormat: 'minimal' });
  const accessTokens = createAccessTokens({
    key: config.TOKEN_SECRET_KEY,
    acceptedKeys: config.TOKEN_VERIFICATION_KEYS,
    clock,
  });
  const revocations = createSessionRevocations({
    redis,
    channel: `${keyPrefix}session-revocations`,
    logger,
  });
  const loginGuard = createLoginGuard({ ...limited, allowedFailures: limits.loginFailuresAllowed });
  const apiKeyNews = createApiKeyNews({ redis, channel: `${keyPrefix}api-keys`, logger });
  const apiKeys = new ApiKeyRegistry({
    pool: runtime.database.pool,
    news: apiKeyNews,
    clock,
    logger,
    isProduction: config.NODE_ENV === 'production',
  });
  const reads = createReadRouter({
    ...runtime,
    url: config.EDGE_READ_DATABASE_URL,
    prisma,
    redis,
    keyPrefix,
  });
  return {
    ...runtime,
    config,
    securityLog: createSecurityLog(runtime),
    apiKeyNews,
    apiKeys,
    knownScopes: knownScopes(routes),
    redis,
    prisma,
    reads,
    readCache: createReadCache({
      ...runtime,
      ttlMs: config.READ_CACHE_TTL,
      prisma,
      reads,
      redis,
      keyPrefix,
    }),
    secrets: createSealedSecrets({ redis, key: config.SEAL_KEY }),
    accessTokens,
    authenticate: createAuthenticator({
      accessTokens,
      revocations,
      apiKeys,
      pool: runtime.database.pool,
      clock,
    }),
    loginChallenges: createLoginChallenges({ ...limited, sealKey: config.SEAL_KEY }),
    phoneChallenges: createLoginChallenges({
      ...{ ...limited, sealKey: config.SEAL_KEY },
      keyPrefix: `${keyPrefix}phone-`,
    }),
    loginGuard,
    otpAllowance: createSendAllowance({ ...limited, purpose: 'otp', limits: limits.otp }),
    mailAllowance: createSendAllowance({ ...limited, purpose: 'mail', limits: limits.mail }),
    resetAllowance: createResetAllowance({
      fromNetwork: createSendAllowance({ ...limited, purpose: 'reset-from', limits: limits.mail }),
      toMailbox: createSendAllowance({ ...limited, purpose: 'reset-to', limits: limits.resetMailbox }),
      loginGuard,
    }),
    keepAnswer: () => undefined,
    passwords: createPasswords({
      metrics: runtime.metrics,
      threads: config.UV_THREADPOOL_SIZE,
      maxWaitingEach: limits.passwordsWaitingEach,
    }),
    revocations,
  };
}
