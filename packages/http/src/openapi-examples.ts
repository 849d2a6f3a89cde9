import type { oas31 } from 'zod-openapi';

type Schema = oas31.SchemaObject;

/** Examples by the name of a field; where several fit its schema, the first one counts. */
export type ExamplesByName = Readonly<Record<string, readonly unknown[]>>;

const byFormat: Readonly<Record<string, string>> = {
  uuid: '01a1fc54-526c-75de-8e39-8754441f9757',
  'date-time': '2026-11-21T09:30:00.000Z',
  date: '2026-11-21',
  email: 'ada@example.com',
  uri: 'https://example.com/',
};

/**
 * Gives every JSON body of the document an example, made of the examples of its fields. Tools show them, and
 * the Postman collection sends them.
 */
export function addExamples(document: oas31.OpenAPIObject, names: ExamplesByName): void {
  const exampleOf = exampleMaker(document, names);
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = path[method];
      if (!operation) continue;
      for (const parameter of operation.parameters ?? []) {
        if ('$ref' in parameter || parameter.in !== 'path' || !parameter.schema) continue;
        parameter.example = exampleOf(parameter.schema, parameter.name);
      }
      const body = operation.requestBody;
      if (body && !('$ref' in body)) illustrate(body.content['application/json'], exampleOf);
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        if ('$ref' in response) continue;
        const media = response.content?.['application/json'];
        illustrate(media, exampleOf);
        const waits = status === '202' && operation.responses?.['201'] !== undefined;
        if (waits && isPendable(media?.example)) media.example.status = 'pending';
      }
    }
  }
}

function illustrate(media: oas31.MediaTypeObject | undefined, exampleOf: ExampleMaker): void {
  if (media?.schema && media.example === undefined) media.example = exampleOf(media.schema);
}

function isPendable(example: unknown): example is { status: string } {
  return typeof example === 'object' && example !== null && 'status' in example;
}

type ExampleMaker = (schema: Schema | oas31.ReferenceObject, name?: string) => unknown;

function exampleMaker(document: oas31.OpenAPIObject, names: ExamplesByName): ExampleMaker {
  function resolve(schema: Schema | oas31.ReferenceObject): Schema {
    const name = schema.$ref?.split('/').at(-1);
    const target = name === undefined ? undefined : document.components?.schemas?.[name];
    return target ? resolve(target) : (schema as Schema);
  }

  function ofObject(schema: Schema): Record<string, unknown> {
    const required = new Set(schema.required);
    const fields = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
      const explicit = (inner as Schema).examples?.[0] ?? (inner as Schema).example;
      return required.has(name) || explicit !== undefined ? [[name, exampleOf(inner, name)] as const] : [];
    });
    return Object.fromEntries(fields);
  }

  function exampleOf(raw: Schema | oas31.ReferenceObject, name = ''): unknown {
    const schema = resolve(raw);
    const explicit = schema.examples?.[0] ?? schema.example ?? schema.const;
    if (explicit !== undefined) return explicit;
    const named = names[name]?.find((value) => fits(schema, value));
    if (named !== undefined) return named;
    if (schema.default !== undefined) return schema.default;
    if (schema.enum) return schema.enum[0];
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part)));
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives) return exampleOf(alternatives[0]!, name);
    return ofType(schema, name);
  }

  function ofType(schema: Schema, name: string): unknown {
    switch (typeOf(schema)) {
      case 'object':
        return ofObject(schema);
      case 'array':
        return schema.items ? [exampleOf(schema.items as Schema, singular(name))] : [];
      case 'string':
        return byFormat[schema.format ?? ''] ?? name;
      case 'integer':
      case 'number':
        return Math.max(1, schema.minimum ?? 1);
      case 'boolean':
        return false;
      case 'null':
        return null;
      default:
        return {};
    }
  }
  return exampleOf;
}

/** Items of `scopes` are examples of `scope`; those of `data` have no name. */
function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : '';
}

function typeOf({ type }: Schema): string | undefined {
  return Array.isArray(type) ? type[0] : type;
}

/** Enough to tell the meanings of one name apart; a test validates the whole. */
function fits(schema: Schema, value: unknown): boolean {
  if (schema.enum) return schema.enum.includes(value as never);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.some((alternative) => fits(alternative as Schema, value));
  if (value === null) return [schema.type].flat().includes('null');
  const type = typeOf(schema);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  if (type === 'object' || type === undefined) return typeof value === 'object' && !Array.isArray(value);
  if (type !== typeof value) return false;
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(String(value));
}
