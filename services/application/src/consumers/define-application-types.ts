import {
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  type DefineApplicationType,
} from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { ApplicationContext } from '../context.js';
import { defineApplicationType } from '../db/define-application-type.js';
import { InvalidDefinitionError, parseDefinition } from '../domain/definition.js';

/** A definition can be wrong in a thousand places; the first ones are enough to go on, and fit into a message. */
const maxReasonLength = 1_000;

/**
 * Puts definitions in force. One that changes nothing is announced again under its version, because whoever sent it
 * waits for an answer; so does who sent one that makes no sense.
 */
export async function defineApplicationTypes(
  context: ApplicationContext,
  unit: UnitOfWork,
  messages: readonly Received<DefineApplicationType>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  for (const cause of messages) {
    const { code, name, schema, workflow } = cause.value;
    const reason = findMistake(schema, workflow);
    if (reason !== undefined) {
      unit.send(ApplicationTypeRefused, code, { code, name, reason }, { cause });
      continue;
    }
    const version = await defineApplicationType(unit.tx, { code, name, schema, workflow }, now);
    const body = { code, version, name, schema, workflow };
    unit.send(ApplicationTypeDefined, code, body, { cause, aggregateVersion: version });
  }
}

function findMistake(schema: string, workflow: string): string | undefined {
  try {
    parseDefinition(schema, workflow);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    const { message } = error;
    return message.length <= maxReasonLength ? message : `${message.slice(0, maxReasonLength - 1)}…`;
  }
}
