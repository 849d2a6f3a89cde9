import type { Logger, Registry } from '@florin/observability';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { type ErrorHandlerOptions, problemHandler } from './error-handler.js';
import { type IsReady, mountHealth } from './health.js';
import { Problem } from './problem.js';
import { requestContext } from './request-context.js';
import { requestMetrics } from './request-metrics.js';

export interface AppOptions extends ErrorHandlerOptions {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly isReady: IsReady;
  /** Hops of trusted proxies in front, for the address of the client; 0 by default. */
  readonly trustedProxies?: number;
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
  // Hashing each answer for an ETag buys nothing: answers are not cacheable.
  app.disable('etag');
  app.set('trust proxy', options.trustedProxies ?? 0);
  // TLS ends in front of the service, so upgrading requests to https is the business of that hop; on plain
  // http://127.0.0.1 the directive would break the documentation page in some browsers.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requestContext);
  mountHealth(app, options);
  app.use(requestMetrics(options));
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
