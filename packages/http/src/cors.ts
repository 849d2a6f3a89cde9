import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Whose pages may call from a browser. */
export type AllowedOrigins = ReadonlySet<string> | 'loopback';

const allowedHeaders = [
  ...[
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Last-Event-ID',
    'Prefer',
  ],
  ...['X-Request-Id', 'traceparent', 'tracestate'],
].join(', ');
const exposedHeaders = [
  ...['ETag', 'Idempotency-Replayed', 'Location', 'Preference-Applied', 'RateLimit', 'RateLimit-Policy'],
  ...['Retry-After', 'X-Request-Id'],
].join(', ');
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/**
 * Cross-origin resource sharing (WHATWG Fetch). Credentials are never allowed: callers are known by a header that only their
 * own code can set, so there is nothing that a strange page could borrow. An origin that is not allowed gets the same
 * answers without the headers, and its browser keeps them from it.
 */
export function cors(origins: AllowedOrigins): RequestHandler {
  const isAllowed = (origin: string): boolean =>
    origins === 'loopback' ? loopback.test(origin) : origins.has(origin);

  return function shareWithOrigins(request: Request, response: Response, next: NextFunction): void {
    const { origin } = request.headers;
    if (origin === undefined) {
      next();
      return;
    }
    response.setHeader('Vary', 'Origin');
    const allowed = isAllowed(origin);
    if (allowed) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
      // Data that this origin may read; the header would keep it from pages that embed it.
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    if (allowed) {
      response.setHeader('Access-Control-Allow-Methods', methods);
      response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
      response.setHeader('Access-Control-Max-Age', '600');
    }
    response.statusCode = 204;
    response.end();
  };
}
