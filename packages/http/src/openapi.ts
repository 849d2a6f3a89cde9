import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import type { Access } from './caller.js';
import { headerComponents, problemComponent, securitySchemes } from './openapi-components.js';
import { addExamples, type ExamplesByName } from './openapi-examples.js';
import { responsesOf, takesIdempotencyKey, waitsForOutcome } from './openapi-responses.js';
import type { Route } from './route.js';

export type OpenApiDocument = oas31.OpenAPIObject;

export interface ApiDescription extends Pick<OpenApiDocument, 'info' | 'tags' | 'servers'> {
  readonly examples?: ExamplesByName;
}

const preferParameter: oas31.ParameterObject = {
  in: 'header',
  name: 'Prefer',
  description:
    'How long to wait for the outcome (RFC 7240): `wait=N` seconds, 30 at most, 2 unless said otherwise; ' +
    '`respond-async` for not at all.',
  // Preferences that are not understood are ignored, so that none is wrong.
  schema: { type: 'string' },
  example: 'wait=10',
};

function idempotencyKeyParameter(required: boolean): oas31.ParameterObject {
  return {
    in: 'header',
    name: 'Idempotency-Key',
    required,
    description:
      'Under the same key the same request has its effect once, and one answer, for a day. Visible ASCII; a UUID is a good one.',
    schema: { type: 'string', maxLength: 255 },
    example: '0e4bd1f4-3c0f-4f0a-9a53-1f2f6c5b7a10',
  };
}

/**
 * Builds the OpenAPI 3.1 document from the schemas that also validate.
 * @throws Error when a route documents a problem without saying its codes
 */
export function openApiDocument<Context>(
  routes: readonly Route<Context>[],
  description: ApiDescription,
): OpenApiDocument {
  const { examples = {}, ...head } = description;
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    ...head,
    paths,
    components: { schemas: { Problem: problemComponent }, headers: headerComponents, securitySchemes },
  });
  addExamples(document, examples);
  return document;
}

function operationOf<Context>(route: Route<Context>): ZodOpenApiOperationObject {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...describe(route),
    tags: [...route.tags],
    security: securityOf(route.access),
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.headers && { header: route.headers }),
    },
    parameters: [
      ...(takesIdempotencyKey(route) ? [idempotencyKeyParameter(route.requiresKey === 'always')] : []),
      ...(waitsForOutcome(route) ? [preferParameter] : []),
    ],
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse(undefined).success,
        content: { 'application/json': { schema: route.body } },
      },
    }),
    responses: responsesOf(route),
  };
}

/** Readers of a page do not see what `security` requires. */
function describe<Context>({ access, description }: Route<Context>): { description?: string } {
  const admitted = typeof access === 'object' && 'scope' in access;
  const sentences = [description, admitted && `Only for API keys with the scope \`${access.scope}\`.`];
  const text = sentences.filter(Boolean).join(' ');
  return text === '' ? {} : { description: text };
}

/** OpenAPI 3.1 lets any scheme list what it requires; for `apiKey` that is the scope. */
function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return [];
  if (access === 'customer') return [{ customer: [] }];
  if (access === 'signed-in') return [{ customer: [] }, { apiKey: [] }];
  if ('scope' in access) return [{ apiKey: [access.scope] }];
  return [{ customer: [] }, { apiKey: [access.customerOrScope] }];
}
