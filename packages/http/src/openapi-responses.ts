import { z } from 'zod';
import type {
  oas31,
  ZodOpenApiContentObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { conventionalCodes, headerRefs, type ResponseHeader } from './openapi-components.js';
import { titleOf } from './problem.js';
import type { Route, RouteResponse } from './route.js';

type AnyRoute = Omit<Route<never>, 'handler'>;

/** What the conventions can answer on a route, whatever its handler does. */
const conventions: readonly {
  readonly status: number;
  readonly codes: (route: AnyRoute) => readonly (string | false)[];
  readonly headers?: readonly ResponseHeader[];
}[] = [
  {
    status: 400,
    codes: (route) => [
      'validation-failed',
      'bad-request',
      route.method !== 'get' && 'malformed-json',
      route.requiresKey !== undefined && 'idempotency-key-missing',
    ],
  },
  {
    status: 401,
    codes: ({ access }) => [access !== 'public' && 'unauthenticated'],
    headers: ['WWW-Authenticate'],
  },
  {
    status: 403,
    codes: ({ access }) => {
      if (typeof access === 'object') return ['scope' in access && 'forbidden', 'scope-missing'];
      return [access === 'customer' && 'forbidden'];
    },
  },
  { status: 404, codes: ({ params }) => [params !== undefined && 'not-found'] },
  {
    status: 409,
    codes: (route) => [
      takesIdempotencyKey(route) && 'idempotency-key-in-flight',
      takesIdempotencyKey(route) && !route.claimsKey && 'idempotency-answer-lost',
    ],
    headers: ['Retry-After'],
  },
  { status: 406, codes: () => ['not-acceptable'] },
  { status: 408, codes: ({ method }) => [method !== 'get' && 'request-timeout'] },
  { status: 413, codes: ({ method }) => [method !== 'get' && 'body-too-large'] },
  { status: 415, codes: ({ method }) => [method !== 'get' && 'unsupported-media-type'] },
  { status: 414, codes: () => ['uri-too-long'] },
  { status: 431, codes: () => ['headers-too-large'] },
  { status: 422, codes: (route) => [takesIdempotencyKey(route) && 'idempotency-key-reused'] },
  {
    status: 429,
    codes: () => ['rate-limited'],
    headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  },
  { status: 500, codes: () => ['internal-error'] },
  {
    status: 503,
    codes: () => ['temporarily-unavailable', 'overloaded', 'deadline-exceeded'],
    headers: ['Retry-After'],
  },
];

/** Every POST can be made safe to repeat. */
export function takesIdempotencyKey({ method }: AnyRoute): boolean {
  return method === 'post';
}

/** A call that waits for its outcome, and answers 202 when that takes too long. */
export function waitsForOutcome({ method, responses }: AnyRoute): boolean {
  return method === 'post' && responses[201] !== undefined && responses[202] !== undefined;
}

/** Every status that a route can answer: those of its own and those of the conventions. */
export function responsesOf(route: AnyRoute): ZodOpenApiResponsesObject {
  const statuses = new Set([
    ...Object.keys(route.responses).map(Number),
    ...conventions.map(({ status }) => status),
  ]);
  const responses: ZodOpenApiResponsesObject = {};
  for (const status of [...statuses].sort((a, b) => a - b)) {
    const own = route.responses[status];
    const response = status < 400 ? own && successOf(route, status, own) : problemOf(route, status, own);
    if (response) responses[String(status) as '200'] = response;
    if (isConditional(route, status)) {
      const description = 'What `If-None-Match` names is still what this would be.';
      responses['304'] = { description, headers: headerRefs(['X-Request-Id', 'ETag']) };
    }
  }
  return responses;
}

/** What is sent whole, and not as a stream, has a tag. */
function isConditional({ method, responses }: AnyRoute, status: number): boolean {
  return method === 'get' && status === 200 && responses[200]?.schema !== undefined;
}

function successOf(route: AnyRoute, status: number, response: RouteResponse): ZodOpenApiResponseObject {
  const content = contentOf(response);
  const leads = status === 202 || (status === 201 && waitsForOutcome(route));
  const headers: ResponseHeader[] = [
    'X-Request-Id',
    'RateLimit',
    'RateLimit-Policy',
    ...(leads ? (['Location'] as const) : []),
    ...(waitsForOutcome(route) ? (['Preference-Applied'] as const) : []),
    ...(isConditional(route, status) ? (['ETag'] as const) : []),
    ...(takesIdempotencyKey(route) ? (['Idempotency-Replayed'] as const) : []),
    ...(response.headers ?? []),
  ];
  return {
    description: response.description,
    headers: headerRefs([...new Set(headers)]),
    ...(Object.keys(content).length > 0 && { content }),
  };
}

/** Before OpenAPI 3.2 had `itemSchema`, `schema` described one event of a stream. */
function contentOf({ schema, mediaTypes = [], events }: RouteResponse): ZodOpenApiContentObject {
  return {
    ...(schema && { 'application/json': { schema } }),
    ...Object.fromEntries(mediaTypes.map((type) => [type, { schema: z.string() }])),
    ...(events && { 'text/event-stream': { schema: events } }),
  };
}

function problemOf(
  route: AnyRoute,
  status: number,
  own: RouteResponse | undefined,
): ZodOpenApiResponseObject | undefined {
  const convention = conventions.find((candidate) => candidate.status === status);
  const general = (convention?.codes(route) ?? []).filter((code) => code !== false);
  const headers: ResponseHeader[] = ['X-Request-Id', ...(convention?.headers ?? []), ...(own?.headers ?? [])];
  if (own === undefined) return general.length === 0 ? undefined : sharedProblem(status, general, headers);
  const ownCodes = codesOf(own.description);
  if (ownCodes.length === 0) {
    throw new Error(`${route.operationId}: the description of ${status} has to begin with its codes`);
  }
  const added = general.filter((code) => !ownCodes.includes(code));
  const description = [own.description, ...added.map(meaningOf)].join('\n\n');
  return problemResponse(status, [...ownCodes, ...added], headers, description);
}

const shared = new Map<string, ZodOpenApiResponseObject>();

/** Problems that a handler adds nothing to are alike on many routes; the document describes them once. */
function sharedProblem(
  status: number,
  codes: readonly string[],
  headers: readonly ResponseHeader[],
): ZodOpenApiResponseObject {
  const id = codes.map(pascalCase).join('Or');
  const known = shared.get(id);
  if (known) return known;
  const description = codes.map(meaningOf).join('\n\n');
  const response = { id, ...problemResponse(status, codes, headers, description) };
  shared.set(id, response);
  return response;
}

function problemResponse(
  status: number,
  codes: readonly string[],
  headers: readonly ResponseHeader[],
  description: string,
): ZodOpenApiResponseObject {
  return {
    description,
    headers: headerRefs(headers),
    content: {
      'application/problem+json': { schema: problemWith(codes), ...problemExamples(status, codes) },
    },
  };
}

function meaningOf(code: string): string {
  return `\`${code}\`: ${conventionalCodes[code]}`;
}

/** The codes that a description begins with, in backticks; what they mean may follow behind a colon. */
export function codesOf(description: string): string[] {
  const [codes = ''] = description.split(':');
  return [...codes.matchAll(/`([a-z0-9-]+)`/g)].map((match) => match[1]!);
}

function problemWith(codes: readonly string[]): oas31.SchemaObject {
  return {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } },
    ],
  };
}

function problemExamples(status: number, codes: readonly string[]) {
  const examples = codes.map((code) => {
    const detail = `${sentence(conventionalCodes[code] ?? titleOf(code))}.`;
    const value = {
      type: `urn:florin:problem:${code}`,
      title: titleOf(code),
      status,
      detail: detail.replaceAll('`', ''),
      code,
      ...(code === 'validation-failed' && {
        errors: [{ pointer: '/amount', detail: 'Must be at least 1.' }],
      }),
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    };
    return [code, { value }] as const;
  });
  return { examples: Object.fromEntries(examples) };
}

function pascalCase(code: string): string {
  return code.split('-').map(sentence).join('');
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
