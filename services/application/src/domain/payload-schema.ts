import { compileJsonSchema } from '@florin/contracts/json-schema';

/** Problems of some data, each with its JSON Pointer; empty when the data fits. Values are never quoted. */
export type PayloadCheck = (data: unknown) => readonly string[];

const maxProblems = 10;

/**
 * Compiles the payload schema of an application type (JSON Schema 2020-12).
 * @throws Error when it is no valid schema
 */
export function compilePayloadSchema(schema: object): PayloadCheck {
  const validate = compileJsonSchema(schema);
  return (data) =>
    validate(data)
      ? []
      : (validate.errors ?? [])
          .slice(0, maxProblems)
          .map(({ instancePath, message, keyword }) => `${instancePath || '/'} ${message ?? keyword}`);
}
