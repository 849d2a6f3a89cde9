import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';

/** One violated rule; `pointer` is a JSON Pointer into the document that was checked. */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

const maxViolations = 50;

/** JSON Schema 2020-12 with formats. Compiled schemas are kept, because compiling costs milliseconds. */
export class ApplicationDataChecker {
  private readonly compiled = new LRUCache<string, ValidateFunction>({ max: 200 });

  /** @param schemaId names the schema for ever: type and version */
  check(schemaId: string, schema: unknown, data: unknown): readonly Violation[] {
    let validate = this.compiled.get(schemaId);
    if (!validate) {
      validate = compile(schema);
      this.compiled.set(schemaId, validate);
    }
    return validate(data) ? [] : violationsOf(validate);
  }
}

/** What is wrong with a schema that somebody wants to define, its examples included. */
export function checkSchema(schema: unknown): readonly Violation[] {
  let validate: ValidateFunction;
  try {
    validate = compile(schema);
  } catch (error) {
    return [{ pointer: '', detail: `Not a JSON Schema 2020-12: ${(error as Error).message}`.slice(0, 300) }];
  }
  const { examples } = schema as { examples?: unknown };
  if (examples === undefined) return [];
  if (!Array.isArray(examples)) return [{ pointer: '/examples', detail: 'Must be an array.' }];
  return examples.flatMap((example, i) =>
    validate(example)
      ? []
      : violationsOf(validate).map((v) => ({ ...v, pointer: `/examples/${i}${v.pointer}` })),
  );
}

/** A fresh instance for each schema, so that two versions with the same `$id` do not collide. */
function compile(schema: unknown): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema as object);
  // Such a validator answers with a promise, which would pass for "fits".
  if ('$async' in validate) throw new Error('$async is not supported');
  return validate;
}

function violationsOf({ errors }: ValidateFunction): Violation[] {
  return (errors ?? []).slice(0, maxViolations).map((error) => ({
    pointer: pointerOf(error),
    detail: error.message ?? 'does not fit the schema',
  }));
}

/** Missing and unknown fields are reported at the field itself, like those of every other request. */
function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
  const field =
    keyword === 'required'
      ? params.missingProperty
      : keyword === 'additionalProperties'
        ? params.additionalProperty
        : keyword === 'unevaluatedProperties'
          ? params.unevaluatedProperty
          : undefined;
  if (typeof field !== 'string') return instancePath;
  return `${instancePath}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
