import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/**
 * For answers that are data and never a page (OWASP REST Security Cheat Sheet): nothing in them may run, be framed, or be
 * taken for another type. Helmet's defaults are for pages, and cost six microseconds a request more.
 */
const forData: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** Beyond the defaults of helmet, styles and fonts come from here as well. Swagger UI styles its elements inline. */
const ownSourcesOnly = {
  fontSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  upgradeInsecureRequests: null,
};

const dataPath = /^\/(?:v1|ops\/v1|health)\//;

export function securityHeaders(): RequestHandler {
  // TLS ends in front of the service, so upgrading requests to https is the business of that hop; on plain
  // http://127.0.0.1 the directive would break the documentation page in some browsers.
  const forPages = helmet({ contentSecurityPolicy: { directives: ownSourcesOnly } });
  return function setSecurityHeaders(request: Request, response: Response, next: NextFunction): void {
    if (!dataPath.test(request.url)) {
      forPages(request, response, next);
      return;
    }
    for (const [name, value] of forData) response.setHeader(name, value);
    next();
  };
}
