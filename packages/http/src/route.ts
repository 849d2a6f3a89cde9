import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Access, Caller, CallerOf } from './caller.js';
import type { ResponseHeader } from './openapi-components.js';
import type { RequestContext } from './request-context.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A request after authentication and validation. */
export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown, C = Caller | undefined>
  extends Pick<RequestContext, 'requestId' | 'traceparent' | 'traceId'> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The bytes that `body` was parsed from; empty when the route has no body. */
  readonly rawBody: Buffer;
  readonly caller: C;
  readonly headers: IncomingHttpHeaders;
  /** Well-formed; undefined when there is none, and for routes that are no POST and claim none. */
  readonly idempotencyKey: string | undefined;
  /** Address of the client as Express sees it. */
  readonly ip: string;
  /** The Express request, for the rare route that streams. */
  readonly express: Request;
}

/** An answer. A string or Buffer is sent as it is, anything else as JSON; no body at all makes an empty answer. */
export interface RouteReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes the answer over time, instead of `body`, and ends it. */
  readonly stream?: (response: ServerResponse) => void;
}

export interface RouteResponse {
  /** That of a problem begins with its codes, in backticks; a colon ends them: '`a` or `b`: what they mean'. */
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Other media types the route can answer with, e.g. `text/csv`. */
  readonly mediaTypes?: readonly string[];
  /** One event of `text/event-stream`, as its fields `id`, `event` and `data`, when the route answers with that. */
  readonly events?: z.ZodType;
  /** Headers beyond those of the conventions. */
  readonly headers?: readonly ResponseHeader[];
}

/** A route as `mountRoutes` and `openApiDocument` see it: types of its parts are known only inside its handler. */
export interface Route<Context> {
  readonly method: Method;
  /** OpenAPI template: `/v1/wallets/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Checked; handlers read `request.headers`. */
  readonly headers?: z.ZodObject;
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Documented only: who claims the Idempotency-Key refuses a call without one. `sometimes`: its body decides. */
  readonly requiresKey?: 'always' | 'sometimes';
  /**
   * True when the handler claims the Idempotency-Key itself, together with what it commits. Around every
   * other POST `MountOptions.once` does it.
   */
  readonly claimsKey?: boolean;
  readonly handler: (context: Context, request: RouteRequest) => Promise<RouteReply> | RouteReply;
}

type Parsed<T extends z.ZodType | undefined> = T extends z.ZodType ? z.infer<T> : undefined;

/** What `defineRoute` takes: a `Route` whose handler knows the types of its parts. */
export type RouteDefinition<
  Context,
  A extends Access,
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
> = Omit<Route<Context>, 'access' | 'params' | 'query' | 'body' | 'handler'> & {
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handler: (
    context: Context,
    request: RouteRequest<Parsed<P>, Parsed<Q>, Parsed<B>, CallerOf<A>>,
  ) => Promise<RouteReply> | RouteReply;
};

/**
 * Makes the `defineRoute` of a service, with the type of its context fixed:
 * `export const defineRoute = routeDefiner<EdgeContext>()`.
 */
export function routeDefiner<Context>() {
  return function defineRoute<
    const A extends Access,
    P extends z.ZodObject | undefined = undefined,
    Q extends z.ZodObject | undefined = undefined,
    B extends z.ZodType | undefined = undefined,
  >(definition: RouteDefinition<Context, A, P, Q, B>): Route<Context> {
    // The handler is called only with what its own schemas have parsed, which the compiler cannot see.
    return definition as unknown as Route<Context>;
  };
}
