import { randomUUID } from 'node:crypto';
import { childTraceparent, traceIdOf } from '@florin/observability';
import type { NextFunction, Request, Response } from 'express';

/** What is known about a request before any route has seen it. */
export interface RequestContext {
  /** Echoed in `X-Request-Id`. */
  readonly requestId: string;
  /** W3C Trace Context of this hop; put it on every message the request causes. */
  readonly traceparent: string;
  readonly traceId: string;
  /** High-resolution start, for the duration metric. */
  readonly startedAt: bigint;
  /** Template of the matched route (`/v1/wallets/{id}`): safe to log, because it holds no ids or emails. */
  route: string | undefined;
  /** `customer:<id>` or `key:<id>`, once it is known. */
  caller: string | undefined;
}

// Short and without spaces or control characters, so that it cannot forge log lines or headers.
const saneRequestId = /^[\w.:-]{1,128}$/;

export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && saneRequestId.test(given) ? given : randomUUID();
  const incoming = request.headers.traceparent;
  const traceparent = childTraceparent(typeof incoming === 'string' ? incoming : undefined);
  const context: RequestContext = {
    requestId,
    traceparent,
    traceId: traceIdOf(traceparent) ?? '',
    startedAt: process.hrtime.bigint(),
    route: undefined,
    caller: undefined,
  };
  response.locals.context = context;
  response.setHeader('X-Request-Id', requestId);
  next();
}

export function contextOf(response: Response): RequestContext {
  return response.locals.context as RequestContext;
}
