import { asyncApiDocument } from '@florin/contracts';
import { isDatabaseOutage } from '@florin/database';
import {
  type AllowedOrigins,
  type Authenticate,
  createApp,
  type IsReady,
  mountDocs,
  mountRoutes,
  Problem,
  type RateLimiter,
} from '@florin/http';
import { createSealer } from '@florin/sealed-secrets';
import type { EdgeConfig } from './config.js';
import type { EdgeContext } from './context.js';
import { oncePerKey } from './ingress/once-per-key.js';
import { requestHashKey } from './ingress/request-hash-key.js';
import { edgeOpenApiDocument, routes, version } from './open-api.js';
import { mountPages } from './pages.js';
import { isRedisOutage } from './redis.js';
import { recordOperatorCalls } from './security/operator-calls.js';

export function createEdgeApp(
  context: EdgeContext,
  options: {
    authenticate: Authenticate;
    limiter: RateLimiter;
    isReady: IsReady;
    /** False until messages can be sent: health and documents answer already, nothing else does. */
    isOpen: () => boolean;
  },
) {
  const { authenticate, limiter } = options;
  const once = oncePerKey(context, {
    sealer: createSealer(context.config.SEAL_KEY, 'florin idempotency answer'),
    hashKey: requestHashKey(context.config.SEAL_KEY),
  });
  return createApp({
    logger: context.logger,
    metrics: context.metrics,
    isReady: options.isReady,
    metricsToken: context.config.METRICS_TOKEN,
    trustedProxies: context.config.TRUSTED_PROXIES,
    corsOrigins: corsOrigins(context.config),
    translateError: unavailable,
    mount(app) {
      mountPages(app);
      mountDocs(app, edgeOpenApiDocument());
      const asyncApi = JSON.stringify(asyncApiDocument({ version }));
      app.get('/asyncapi.json', (_request, response) => {
        response.type('application/json').send(asyncApi);
      });
      app.use((_request, _response, next) => {
        if (!options.isOpen()) throw notAvailable();
        next();
      });
      mountRoutes(app, routes.map(recordOperatorCalls), { context, authenticate, limiter, once });
    },
  });
}

function corsOrigins({ CORS_ORIGINS, NODE_ENV }: EdgeConfig): AllowedOrigins {
  if (CORS_ORIGINS === undefined && NODE_ENV !== 'production') return 'loopback';
  return new Set(CORS_ORIGINS);
}

/** A database or a Redis that is away is no fault of the request: the client shall come back. */
function unavailable(error: unknown): Problem | undefined {
  return isDatabaseOutage(error) || isRedisOutage(error) ? notAvailable(error) : undefined;
}

function notAvailable(cause?: unknown): Problem {
  return new Problem(503, 'temporarily-unavailable', 'The service is not available; try again in a moment.', {
    headers: { 'Retry-After': '1' },
    cause,
  });
}
