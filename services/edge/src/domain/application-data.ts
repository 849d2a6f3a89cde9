import { compileJsonSchema, type ErrorObject, type ValidateFunction } from '@florin/contracts/json-schema';
import { LRUCache } from 'lru-cache';
import { pointerTo } from './json-pointer.js';

/** One violated rule; `pointer` is a JSON Pointer into the document that was checked. */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

const maxViolations = 50;
/** Comparing each with each (`uniqueItems`) takes 30 ms for so many. */
const maxItems = 1_000;
const endless = {
  instancePath: '',
  schemaPath: '',
  keyword: '$ref',
  params: {},
  message: 'is described by a part of the schema that refers to itself without an end',
};

/** JSON Schema 2020-12 with formats. Compiled schemas are kept, because compiling costs milliseconds. */
export class ApplicationDataChecker {
  private readonly compiled = new LRUCache<string, ValidateFunction>({ max: 200 });

  /** @param schemaId names the schema for ever: type and version */
  check(schemaId: string, schema: unknown, data: unknown): readonly Violation[] {
    const long = longArraysIn(data, '');
    if (long.length > 0) return long.slice(0, maxViolations);
    let validate = this.compiled.get(schemaId);
    if (!validate) {
      try {
        validate = compileJsonSchema(schema as object);
      } catch {
        // It was defined when patterns could be others than those of RE2.
        return [
          {
            pointer: '',
            detail: 'The schema of the type is not supported any more: it has to be defined anew.',
          },
        ];
      }
      this.compiled.set(schemaId, validate);
    }
    return fits(validate, data) ? [] : violationsOf(validate);
  }
}

/** What is wrong with a schema that somebody wants to define, its examples included. */
export function checkSchema(schema: unknown): readonly Violation[] {
  let validate: ValidateFunction;
  try {
    validate = compileJsonSchema(schema as object);
    // A schema that refers to itself on the spot has no end for any document.
    validate({});
  } catch (error) {
    return [{ pointer: '', detail: `Not a JSON Schema 2020-12: ${(error as Error).message}`.slice(0, 300) }];
  }
  const { examples } = schema as { examples?: unknown };
  if (examples === undefined) return [];
  if (!Array.isArray(examples)) return [{ pointer: '/examples', detail: 'Must be an array.' }];
  return examples.flatMap((example, i) =>
    fits(validate, example)
      ? []
      : violationsOf(validate).map((v) => ({ ...v, pointer: `/examples/${i}${v.pointer}` })),
  );
}

function longArraysIn(data: unknown, pointer: string): Violation[] {
  if (typeof data !== 'object' || data === null) return [];
  if (Array.isArray(data) && data.length > maxItems) {
    return [{ pointer, detail: `Has more than ${maxItems} items.` }];
  }
  return Object.entries(data).flatMap(([name, value]) => longArraysIn(value, pointerTo(pointer, name)));
}

/** False as well where the schema has no end: a part of it refers to itself, and no document says that before one has such a part. */
function fits(validate: ValidateFunction, data: unknown): boolean {
  try {
    return validate(data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    validate.errors = [endless];
    return false;
  }
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
  return pointerTo(instancePath, field);
}
