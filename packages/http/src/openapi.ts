import { z } from 'zod';
import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { Access } from './caller.js';
import type { Route, RouteResponse } from './route.js';

export type OpenApiDocument = oas31.OpenAPIObject;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable; branch on it.' }),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    traceId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

/** Builds the OpenAPI 3.1 document from the schemas that also validate. */
export function openApiDocument<Context>(
  routes: readonly Route<Context>[],
  info: { title: string; version: string; description?: string },
): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info,
    paths,
    components: {
      securitySchemes: {
        customer: { type: 'http', scheme: 'bearer', bearerFormat: 'PASETO v4.public' },
        apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'flk_…' },
      },
    },
  });
}

function operationOf<Context>(route: Route<Context>): ZodOpenApiOperationObject {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description && { description: route.description }),
    tags: [...route.tags],
    security: securityOf(route.access),
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.headers && { header: route.headers }),
    },
    ...(route.body && { requestBody: { required: !isOptional(route.body), content: jsonOf(route.body) } }),
    responses: responsesOf(route),
  };
}

/** The scheme `http` knows no scopes in OpenAPI 3.1 semantics, but tools show the names listed with it. */
function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return [];
  if (access === 'customer') return [{ customer: [] }];
  if (access === 'signed-in') return [{ customer: [] }, { apiKey: [] }];
  if ('scope' in access) return [{ apiKey: [access.scope] }];
  return [{ customer: [] }, { apiKey: [access.customerOrScope] }];
}

function responsesOf<Context>(route: Route<Context>): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, response] of Object.entries(route.responses)) {
    responses[status as '200'] = {
      description: response.description,
      ...contentOf(Number(status), response),
    };
  }
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: problemSchema } },
  });
  if (route.params || route.query || route.body) {
    responses['400'] ??= problem('`validation-failed` or `malformed-json`');
  }
  if (route.access !== 'public') {
    responses['401'] ??= problem('`unauthenticated`');
    responses['403'] ??= problem('`forbidden`');
  }
  if (route.body) {
    responses['413'] ??= problem('`body-too-large`');
    responses['415'] ??= problem('`unsupported-media-type`');
  }
  responses.default = problem('Any other problem');
  return responses;
}

function contentOf(status: number, response: RouteResponse) {
  if (status >= 400) return { content: { 'application/problem+json': { schema: problemSchema } } };
  if (!response.schema && !response.mediaTypes) return {};
  const others = (response.mediaTypes ?? []).map((type) => [type, { schema: z.string() }] as const);
  return { content: { ...(response.schema && jsonOf(response.schema)), ...Object.fromEntries(others) } };
}

function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

function jsonOf(schema: z.ZodType) {
  return { 'application/json': { schema } };
}
