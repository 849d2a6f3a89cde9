import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { requireAcceptable } from './acceptable.js';
import { type Access, actorOf, type Caller } from './caller.js';
import { Collections } from './collections.js';
import { refuseMethodsOfFixedPaths } from './fixed-paths.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { NotAdmitted } from './not-admitted.js';
import { Problem } from './problem.js';
import { limitAddress, limitCaller, noteRefusal, type RateLimiter, refuseGuesser } from './rate-limit.js';
import { readBody } from './read-body.js';
import { refuseMethod } from './refuse-method.js';
import { contextOf } from './request-context.js';
import type { Route, RouteReply, RouteRequest } from './route.js';
import { sendReply } from './send-reply.js';
import { validate, validateHeaders, validationFailed } from './validation.js';

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

/** Beyond the longest wait that a client may ask for. */
const defaultDeadlineMs = 40_000;
const noBytes = Buffer.alloc(0);

/** A call that must have its effect once, however often it is repeated under its key. */
export interface KeyedCall {
  /** Method and template of the route. */
  readonly route: string;
  readonly key: string;
  readonly request: RouteRequest;
}

/**
 * Runs a handler once for each key of a caller and answers repeats with what it answered first. The handler gets the context
 * that is given to `run`.
 */
export type Once<Context> = (
  call: KeyedCall,
  run: (context: Context) => Promise<RouteReply> | RouteReply,
) => Promise<RouteReply>;

export interface MountOptions<Context> {
  readonly context: Context;
  readonly authenticate: Authenticate;
  /** After so long a request is answered with 503, whatever its handler waits for. */
  readonly deadlineMs?: number;
  /** Without it nobody is limited. */
  readonly limiter?: RateLimiter;
  /** Around every POST with an Idempotency-Key whose route does not claim it. Without it the key is ignored. */
  readonly once?: Once<Context>;
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
  const { deadlineMs = defaultDeadlineMs } = options;
  app.use(refuseMethodsOfFixedPaths(routes));
  const collections = new Collections();
  for (const route of [...routes].sort(bySpecificity)) {
    collections
      .routerOf(route.path)
      [route.method](expressPath(route.path), async (request: Request, response: Response, next) => {
        // Whatever the handler does after that is nobody's any more; `sendReply` drops its answer.
        const deadline = setTimeout(() => next(deadlineExceeded()), deadlineMs);
        try {
          sendReply(request, response, await serve(route, options, request, response));
        } finally {
          clearTimeout(deadline);
        }
      });
  }
  app.use(collections.dispatch);
  app.use(refuseMethod(routes));
}

/** Of a route without a body: some clients send `{}` with everything, and whatever else is sent was meant for something. */
const noFields = z.strictObject({}).optional();

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
  requireAcceptable(request, route);
  const caller = await admit(route, options, request, response);
  const keyed = route.method === 'post' || route.claimsKey === true;
  const idempotencyKey = keyed ? idempotencyKeyOf(request) : undefined;
  if (route.headers) validateHeaders(route.headers, request.headers);
  const params = route.params && validate(route.params, request.params, 'params');
  const query = route.query && validate(route.query, request.query, 'query');
  const sent = route.method === 'get' ? undefined : await readBody(request, route.body !== undefined);
  const body = validate(route.body ?? noFields, sent?.value, 'body');
  const routeRequest: RouteRequest = {
    requestId: context.requestId,
    traceparent: context.traceparent,
    traceId: context.traceId,
    params,
    query,
    body,
    rawBody: sent?.bytes ?? noBytes,
    caller,
    headers: request.headers,
    idempotencyKey,
    ip: request.ip ?? '',
    express: request,
  };
  if (idempotencyKey === undefined || route.claimsKey || !options.once) {
    return route.handler(options.context, routeRequest);
  }
  const call = { route: `POST ${route.path}`, key: idempotencyKey, request: routeRequest };
  return options.once(call, (given) => route.handler(given, routeRequest));
}

/** Finds out who calls, and counts the call. */
async function admit<Context>(
  route: Route<Context>,
  { authenticate, limiter }: MountOptions<Context>,
  request: Request,
  response: Response,
): Promise<Caller | undefined> {
  if (route.access === 'public') {
    if (limiter) await limitAddress(limiter, request.ip, route, response);
    return undefined;
  }
  if (limiter) refuseGuesser(limiter, request.ip, response);
  let caller: Caller;
  try {
    const { requestId, traceId } = contextOf(response);
    const { headers, ip = '', method } = request;
    const description = { requestId, traceId, headers, ip, method, route: route.path };
    caller = await authenticate(headers.authorization, route.access, description);
  } catch (error) {
    if (limiter) noteRefusal(limiter, request.ip, error);
    // Whoever may not call is no reason to look him up without end.
    if (limiter && error instanceof NotAdmitted) await limitCaller(limiter, error.caller, route, response);
    throw error;
  }
  contextOf(response).caller = actorOf(caller);
  if (limiter) await limitCaller(limiter, caller, route, response);
  return caller;
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

function deadlineExceeded(): Problem {
  return new Problem(503, 'deadline-exceeded', 'The request took too long; try again in a moment.', {
    headers: { 'Retry-After': '1' },
  });
}

function expressPath(template: string): string {
  return template.replace(/\{(\w+)\}/g, ':$1');
}
