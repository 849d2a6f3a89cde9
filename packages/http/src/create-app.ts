import type { Logger, Registry } from '@florin/observability';
import express, { type Express } from 'express';
import { type AllowedOrigins, cors } from './cors.js';
import { type ErrorHandlerOptions, problemHandler } from './error-handler.js';
import { type HealthOptions, mountHealth } from './health.js';
import { Problem } from './problem.js';
import { refuseOversize } from './refuse-oversize.js';
import { requestContext } from './request-context.js';
import { requestMetrics } from './request-metrics.js';
import { securityHeaders } from './security-headers.js';

export interface AppOptions extends ErrorHandlerOptions, HealthOptions {
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Hops of trusted proxies in front, for the address of the client; 0 by default. */
  readonly trustedProxies?: number;
  /** Whose pages may call from a browser; nobody's by default. */
  readonly corsOrigins?: AllowedOrigins;
  /** Adds the routes of the service, between the conventions and the 404 and error handlers. */
  readonly mount?: (app: Express) => void;
}

/**
 * An Express 5 application with the conventions of Florin: security headers, request id, trace context, metrics and
 * log line, health endpoints, and `application/problem+json` for every error.
 */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  // Routes have tags of their own, and nothing else that is served changes while the process runs.
  app.disable('etag');
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.use(securityHeaders());
  app.use(requestContext);
  mountHealth(app, options);
  app.use(requestMetrics(options));
  app.use(refuseOversize);
  app.use(cors(options.corsOrigins ?? new Set()));
  options.mount?.(app);
  app.use(() => {
    throw new Problem(404, 'not-found', 'There is nothing at this address.');
  });
  app.use(problemHandler(options));
  return app;
}

/** The application of a service that has no routes of its own: `/health/live`, `/health/ready`, `/metrics`. */
export function createHealthApp(options: Pick<AppOptions, 'isReady' | 'metrics' | 'logger'>): Express {
  return createApp(options);
}
