import { ApplicationTypeDefined, type DefineApplicationType } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { ApplicationContext } from '../context.js';
import { defineApplicationType } from '../db/define-application-type.js';
import { InvalidDefinitionError, parseDefinition } from '../domain/definition.js';

/**
 * Puts definitions in force. One that changes nothing is announced again under its version, because whoever sent it
 * waits for an answer.
 */
export async function defineApplicationTypes(
  context: ApplicationContext,
  unit: UnitOfWork,
  messages: readonly Received<DefineApplicationType>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  for (const cause of messages) {
    const { code, name, schema, workflow } = cause.value;
    requireSense(schema, workflow);
    const version = await defineApplicationType(unit.tx, { code, name, schema, workflow }, now);
    const body = { code, version, name, schema, workflow };
    unit.send(ApplicationTypeDefined, code, body, { cause, aggregateVersion: version });
  }
}

function requireSense(schema: string, workflow: string): void {
  try {
    parseDefinition(schema, workflow);
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    throw new PermanentError(error.code, error.message, { cause: error });
  }
}
