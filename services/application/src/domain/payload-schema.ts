import { linearRegExp } from '@florin/contracts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Problems of some data, each with its JSON Pointer; empty when the data fits. Values are never quoted. */
export type PayloadCheck = (data: unknown) => readonly string[];

const maxProblems = 10;

/**
 * Compiles the payload schema of an application type (JSON Schema 2020-12).
 * @throws Error when it is no valid schema
 */
export function compilePayloadSchema(schema: object): PayloadCheck {
  // A compiler of its own for each schema: two versions of a type may carry the same $id.
  const ajv = new Ajv2020({ allErrors: true, strict: false, code: { regExp: linearRegExp } });
  formats.default(ajv);
  const validate: ValidateFunction = ajv.compile(schema);
  // Such a validator answers with a promise, which would pass for "fits".
  if ('$async' in validate) throw new Error('$async is not supported');
  return (data) =>
    validate(data)
      ? []
      : (validate.errors ?? [])
          .slice(0, maxProblems)
          .map(({ instancePath, message, keyword }) => `${instancePath || '/'} ${message ?? keyword}`);
}
