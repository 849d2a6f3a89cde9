import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentOf, fieldOf, type JsonSchema, typeOf } from './json-schema-type.js';
import { repositoryRoot } from './paths.js';
import { writeIfChanged } from './write-if-changed.js';

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export const sdkFile = join(repositoryRoot, 'packages/sdk/src/generated/api.ts');

/** The types and the table of operations of `@florin/sdk`, from the published OpenAPI document. */
export function sdkSource(): string {
  const published = readFileSync(join(repositoryRoot, 'docs/openapi.json'), 'utf8');
  const document = JSON.parse(published) as OpenApi;
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${commentOf(schema.description)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => !isStream(operation))
      .map(([method, operation]) => ({ path, method, operation })),
  );
  const types = operations.map(({ operation }) => operationType(operation));
  const table = operations.map(
    ({ path, method, operation: { operationId } }) =>
      `  ${operationId}: { method: '${method.toUpperCase()}', path: '${path}' },`,
  );
  return [
    '// Generated from docs/openapi.json by `npm run generate`; do not edit.\n',
    ...schemas,
    `/** Stable codes of problems; branch on them. */\nexport type ProblemCode = ${codesOf(published)};\n`,
    `export interface Operations {\n${types.join('\n')}\n}\n`,
    `export const operations = {\n${table.join('\n')}\n} as const satisfies Record<keyof Operations, { method: string; path: string }>;\n`,
  ].join('\n');
}

export function generateSdk(): void {
  writeIfChanged(sdkFile, sdkSource());
}

function operationType(operation: Operation): string {
  const { operationId, summary, description } = operation;
  const caller = commentOf(`${summary}.`, description, callersOf(operation));
  return `${caller}${operationId}: {\nreadonly request: ${requestType(operation)};\nreadonly response: ${responseType(operation)};\n};`;
}

/** A stream of events never ends by itself; the client has a function of its own for it. */
function isStream({ responses }: Operation): boolean {
  return Object.values(responses).some(({ content }) => content?.['text/event-stream'] !== undefined);
}

function callersOf({ security }: Operation): string {
  if (security.length === 0) return 'For everybody.';
  const callers = security.flatMap((scheme) => {
    if (scheme.customer) return ['customers'];
    const scopes = scheme.apiKey?.join(', ');
    return scopes ? [`API keys with the scope \`${scopes}\``] : ['API keys'];
  });
  return `For ${callers.join(' and ')}.`;
}

function requestType({ parameters = [], requestBody }: Operation): string {
  const fields = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, schema, description }) => fieldOf(name, typeOf(schema), true, description));
  const query = parameters.filter((parameter) => parameter.in === 'query');
  if (query.length > 0) {
    const inner = query.map(({ name, schema, required, description }) =>
      fieldOf(name, typeOf(schema), required === true, description),
    );
    const isRequired = query.some(({ required }) => required);
    fields.push(fieldOf('query', `{\n${inner.join('\n')}\n}`, isRequired));
  }
  const body = requestBody?.content['application/json']?.schema;
  if (body) fields.push(fieldOf('body', typeOf(body), requestBody.required === true));
  return fields.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${fields.join('\n')}\n}`;
}

function responseType({ responses }: Operation): string {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = successes.map(([, { content }]) => {
    const json = content?.['application/json']?.schema;
    return json ? typeOf(json) : 'undefined';
  });
  return [...new Set(types)].join(' | ');
}

/** Every code that some answer of the document can have. */
function codesOf(published: string): string {
  const codes = new Set<string>();
  JSON.parse(published, (key, value: JsonSchema) => {
    const enumeration = key === 'properties' ? (value as { code?: JsonSchema }).code?.enum : undefined;
    for (const code of enumeration ?? []) codes.add(JSON.stringify(code));
    return value;
  });
  return [...codes].sort().join(' | ');
}
