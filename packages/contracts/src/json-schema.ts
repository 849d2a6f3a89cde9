import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { linearRegExp } from './linear-reg-exp.js';

export type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';

/**
 * Compiles a schema of somebody who defines things (JSON Schema 2020-12, with formats). All services that read such a schema take it by this,
 * so that none refuses what another has accepted.
 * @throws Error when it is no valid schema
 */
export function compileJsonSchema(schema: object): ValidateFunction {
  // A compiler of its own for each schema: two versions of a type may carry the same $id.
  const ajv = new Ajv2020({ allErrors: true, strict: false, code: { regExp: linearRegExp } });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  // Such a validator answers with a promise, which would pass for "fits".
  if ('$async' in validate) throw new Error('$async is not supported');
  return validate;
}
