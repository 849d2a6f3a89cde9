import { z } from 'zod';
import { compilePayloadSchema } from './payload-schema.js';
import { type Workflow, workflowSchema } from './workflow.js';

export interface Definition {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly workflow: Workflow;
}

/** The definition of an application type makes no sense; the message says where. */
export class InvalidDefinitionError extends Error {
  readonly code = 'application-type-invalid';
}

/**
 * Reads the definition of an application type and checks that it can be worked with: the schema compiles and its own
 * examples fit it, the workflow has known steps.
 * @throws InvalidDefinitionError
 */
export function parseDefinition(schemaText: string, workflowText: string): Definition {
  const schema = z.record(z.string(), z.unknown()).safeParse(parseJson(schemaText, 'schema'));
  if (!schema.success) throw new InvalidDefinitionError('schema: must be an object');
  const workflow = workflowSchema.safeParse(parseJson(workflowText, 'workflow'));
  if (!workflow.success) {
    const issues = workflow.error.issues.map((issue) => `workflow/${issue.path.join('/')}: ${issue.message}`);
    throw new InvalidDefinitionError(issues.join('; '));
  }
  checkExamples(schema.data);
  return { schema: schema.data, workflow: workflow.data };
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidDefinitionError(`${what}: is not JSON`);
  }
}

function checkExamples(schema: Record<string, unknown>): void {
  let check: (data: unknown) => readonly string[];
  try {
    check = compilePayloadSchema(schema);
  } catch (error) {
    throw new InvalidDefinitionError(`schema: ${(error as Error).message}`, { cause: error });
  }
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  for (const [index, example] of examples.entries()) {
    const problems = check(example);
    if (problems.length > 0) {
      throw new InvalidDefinitionError(`schema/examples/${index}: ${problems.join('; ')}`);
    }
  }
}
