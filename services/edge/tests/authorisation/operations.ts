import type { OpenApiDocument } from '@florin/http';
import { edgeOpenApiDocument } from '../../src/open-api.js';

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** Customers may call it. */
  readonly admitsCustomers: boolean;
  /** Undefined when no API key may call it; otherwise the scopes it must have, of which there may be none. */
  readonly keyScopes: readonly string[] | undefined;
  readonly isPublic: boolean;
  readonly statuses: readonly number[];
  /** Cannot be called with an empty request. */
  readonly needsRequest: boolean;
}

/** What the OpenAPI document promises about who may call what. */
export function operationsOf(document: OpenApiDocument = edgeOpenApiDocument()): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const schemes = operation.security ?? [];
      const body = operation.requestBody;
      return [
        {
          operationId: operation.operationId!,
          method: method.toUpperCase(),
          path,
          admitsCustomers: schemes.some((scheme) => scheme.customer !== undefined),
          keyScopes: schemes.find((scheme) => scheme.apiKey !== undefined)?.apiKey,
          isPublic: schemes.length === 0,
          statuses: Object.keys(operation.responses ?? {}).map(Number),
          needsRequest:
            path.includes('{') || (body !== undefined && !('$ref' in body) && body.required === true),
        },
      ];
    }),
  );
}
