import type { oas31 } from 'zod-openapi';

/** Problems that the conventions raise on any route, with what each of their codes means. */
export const conventionalCodes: Readonly<Record<string, string>> = {
  'validation-failed': 'the request does not fit its description; `errors` says where',
  'bad-request': 'the request could not be read',
  'malformed-json': 'the body is not JSON',
  'idempotency-key-missing': 'this call needs the header `Idempotency-Key`',
  unauthenticated: 'no token, or one that is not valid (any more)',
  forbidden: 'this call is not for callers of this kind',
  'scope-missing': 'the API key lacks the scope of this call',
  'not-found': 'there is no such object, or it belongs to somebody else',
  'not-acceptable': 'none of the media types in `Accept` is on offer',
  'idempotency-key-in-flight': 'the first request with this `Idempotency-Key` is in progress',
  'idempotency-answer-lost':
    'the first request with this `Idempotency-Key` took effect, but its answer was lost: look at what it did',
  'request-timeout': 'the request took too long to arrive',
  'uri-too-long': 'the address is longer than 8 KiB',
  'headers-too-large': 'more than 16 KiB of headers, or more than 100 of them',
  'body-too-large': 'the body exceeds 1 MiB',
  'unsupported-media-type': 'the body is not `application/json` in UTF-8',
  'idempotency-key-reused': 'the `Idempotency-Key` was used with another request',
  'rate-limited': 'too many requests; come back after `Retry-After` seconds',
  'internal-error': 'a defect on our side; tell us the `traceId`',
  'temporarily-unavailable': 'a part of the platform is away; try again after `Retry-After` seconds',
  'deadline-exceeded': 'the request took too long; try again after `Retry-After` seconds',
  overloaded: 'too many requests are waiting; try again after `Retry-After` seconds',
};

const text: oas31.SchemaObject = { type: 'string' };

/** What an answer can carry beside its body; routes name them. */
export const headerComponents = {
  'X-Request-Id': {
    description: 'That of the request, or a new one. It is in our logs.',
    schema: text,
  },
  Location: {
    description: 'Where the resource is found.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Idempotency-Replayed': {
    description: '`true` when this is the stored answer to an earlier request with the same key.',
    schema: { type: 'string', const: 'true' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the next try.',
    schema: { type: 'integer', minimum: 0 },
  },
  'WWW-Authenticate': { description: 'How to authenticate (RFC 9110).', schema: text },
  RateLimit: {
    description: 'What is left of the limit, and when it is whole again: `"reads";r=9900;t=1`.',
    schema: text,
  },
  'RateLimit-Policy': { description: 'The limit of this call: `"reads";q=10000;w=1`.', schema: text },
  ETag: { description: 'Of these bytes; for `If-None-Match`.', schema: text },
  'Preference-Applied': { description: 'What of `Prefer` was honoured (RFC 7240).', schema: text },
  Link: { description: 'The next page (RFC 8288), `rel="next"`; missing on the last one.', schema: text },
  'Content-Disposition': { description: 'The file name of a download.', schema: text },
} satisfies Record<string, oas31.HeaderObject>;

export type ResponseHeader = keyof typeof headerComponents;

export function headerRefs(names: readonly ResponseHeader[]): oas31.HeadersObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** RFC 9457; `code` is what clients branch on. */
export const problemComponent: oas31.SchemaObject = {
  type: 'object',
  description: 'RFC 9457 problem details. Branch on `code`: it is stable; the texts are for people.',
  required: ['type', 'title', 'status', 'detail', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri', description: '`urn:florin:problem:` and the code.' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    errors: {
      type: 'array',
      description: 'The violated rules of a `validation-failed`.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: {
            type: 'string',
            description: 'RFC 6901 pointer into the body, or `/query/…`, `/params/…`, `/headers/…`.',
          },
          detail: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
    traceId: { type: 'string', description: 'Trace of the request; name it when you report a problem.' },
  },
  additionalProperties: false,
};

export const securitySchemes: Record<string, oas31.SecuritySchemeObject> = {
  customer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'PASETO v4.public',
    description: 'Access token of a customer, from `POST /v1/sessions/{challengeId}/otp`.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'flk_…',
    description: 'API key of a partner or of the back office. The scope that a call needs is named with it.',
  },
};
