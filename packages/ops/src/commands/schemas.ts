import { allMessages, type MessageDefinition } from '@florin/contracts';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { printJson, printTable } from '../output.js';
import { SchemaRegistry, type SchemaState } from '../schema-registry.js';

interface SchemaOptions {
  readonly registry: string;
  readonly json?: boolean;
}

interface Checked {
  readonly subject: string;
  readonly state: SchemaState;
}

/** `florin schemas check|register`: the schemas of this version against those of an installation. */
export function addSchemaCommands(program: Command, defaultUrl: string): void {
  const schemas = program.command('schemas').description('compare with the schema registry, or register');

  schemas
    .command('check')
    .description(
      'show which schemas are registered, new, compatible or incompatible; 1 when one is incompatible',
    )
    .option('--registry <url>', 'schema registry (SCHEMA_REGISTRY_URL)', defaultUrl)
    .option('--json', 'print JSON')
    .action(async (options: SchemaOptions) => {
      report(await checkAll(new SchemaRegistry(options.registry)), options.json === true);
    });

  schemas
    .command('register')
    .description('register what is new or changed; nothing when one schema is incompatible')
    .option('--registry <url>', 'schema registry (SCHEMA_REGISTRY_URL)', defaultUrl)
    .option('--json', 'print JSON')
    .action(async (options: SchemaOptions) => {
      const registry = new SchemaRegistry(options.registry);
      const checked = await checkAll(registry);
      if (!checked.some(({ state }) => state === 'incompatible')) {
        for (const [i, definition] of messages.entries()) {
          if (checked[i]!.state !== 'registered') await registry.register(definition);
        }
      }
      report(checked, options.json === true);
    });
}

const messages = allMessages as readonly MessageDefinition[];

async function checkAll(registry: SchemaRegistry): Promise<Checked[]> {
  const checked: Checked[] = [];
  for (const definition of messages) {
    checked.push({
      subject: `${definition.topic}-${definition.name}`,
      state: await registry.check(definition),
    });
  }
  return checked;
}

function report(checked: readonly Checked[], json: boolean): void {
  if (json) printJson(checked);
  else
    printTable(
      ['SUBJECT', 'STATE'],
      checked.map(({ subject, state }) => [subject, state]),
    );
  if (checked.some(({ state }) => state === 'incompatible')) process.exitCode = exitCodes.found;
}
