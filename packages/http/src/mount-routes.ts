import type { Express, Request, Response } from 'express';
import type { Access, Caller } from './caller.js';
import { Problem } from './problem.js';
import { rawBodyOf, readBody } from './read-body.js';
import { contextOf } from './request-context.js';
import type { Route, RouteReply, RouteRequest } from './route.js';
import { validate, validationFailed } from './validation.js';

/** What is known of a call before anybody knows who makes it. */
export interface CallDescription extends Pick<RouteRequest, 'requestId' | 'traceId' | 'headers' | 'ip'> {
  readonly method: string;
  /** Template of the route. */
  readonly route: string;
}

/**
 * Finds out who calls and whether `access` admits them.
 * @throws Problem 401 or 403
 */
export type Authenticate = (
  authorization: string | undefined,
  access: Exclude<Access, 'public'>,
  request: CallDescription,
) => Promise<Caller> | Caller;

export interface MountOptions<Context> {
  readonly context: Context;
  readonly authenticate: Authenticate;
}

/**
 * Mounts routes: authentication, then body, validation, handler, answer. Call it once with all routes of a service:
 * they are ordered so that `/sessions/current` wins over `/sessions/{id}`, and unknown methods of known paths get 405.
 */
export function mountRoutes<Context>(
  app: Express,
  routes: readonly Route<Context>[],
  options: MountOptions<Context>,
): void {
  for (const route of [...routes].sort(bySpecificity)) {
    app[route.method](expressPath(route.path), async (request: Request, response: Response) => {
      const reply = await serve(route, options, request, response);
      sendReply(response, reply);
    });
  }
  app.use(refuseMethod(routes));
}

async function serve<Context>(
  route: Route<Context>,
  options: MountOptions<Context>,
  request: Request,
  response: Response,
): Promise<RouteReply> {
  const context = contextOf(response);
  context.route = route.path;
  // PostgreSQL cannot store U+0000 in text; in a URL it is never meant well.
  if (request.url.includes('%00')) {
    throw validationFailed([{ pointer: '', detail: 'The character U+0000 is not allowed in the URL.' }]);
  }
  const caller =
    route.access === 'public'
      ? undefined
      : await options.authenticate(request.headers.authorization, route.access, {
          requestId: context.requestId,
          traceId: context.traceId,
          headers: request.headers,
          ip: request.ip ?? '',
          method: request.method,
          route: route.path,
        });
  const params = route.params && validate(route.params, request.params, 'params');
  const query = route.query && validate(route.query, request.query, 'query');
  const body = route.body && validate(route.body, await readBody(request, response), 'body');
  const routeRequest: RouteRequest = {
    requestId: context.requestId,
    traceparent: context.traceparent,
    traceId: context.traceId,
    params,
    query,
    body,
    rawBody: rawBodyOf(request),
    caller,
    headers: request.headers,
    ip: request.ip ?? '',
    express: request,
  };
  return route.handler(options.context, routeRequest);
}

function sendReply(response: Response, reply: RouteReply): void {
  response.statusCode = reply.status;
  // Answers hold personal data and tokens; no cache on the way may keep them.
  response.setHeader('Cache-Control', 'no-store');
  if (reply.headers) {
    for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  }
  if (reply.body === undefined) {
    response.end();
    return;
  }
  if (!response.hasHeader('Content-Type')) {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  }
  const text =
    typeof reply.body === 'string' || Buffer.isBuffer(reply.body) ? reply.body : JSON.stringify(reply.body);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** Static segments before parameters at the first place where two paths differ in kind. */
function bySpecificity(a: { path: string }, b: { path: string }): number {
  const [left, right] = [a.path.split('/'), b.path.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]?.startsWith('{')) - Number(right[i]?.startsWith('{'));
    if (difference !== 0) return difference;
  }
  return 0;
}

function expressPath(template: string): string {
  return template.replace(/\{(\w+)\}/g, ':$1');
}

function refuseMethod(routes: readonly { method: string; path: string }[]) {
  const patterns = routes.map(({ method, path }) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`),
  }));
  return function refuseUnknownMethod(request: Request, _response: Response, next: () => void): void {
    const methods = patterns.filter(({ pattern }) => pattern.test(request.path)).map(({ method }) => method);
    if (methods.length === 0) {
      next();
      return;
    }
    const allow = [...new Set(methods)].join(', ');
    throw new Problem(405, 'method-not-allowed', `This resource knows ${allow}.`, {
      headers: { Allow: allow },
    });
  };
}
