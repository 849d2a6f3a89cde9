import { CommanderError } from 'commander';
import { OpsError } from './client.js';
import { exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';

try {
  await createProgram(process.env).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help that was asked for ends with 0; commander has printed everything else already.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (error instanceof OpsError) {
    console.error(`florin: ${error.message} (${error.code})`);
    for (const { pointer, detail } of error.errors) console.error(`  ${pointer}: ${detail}`);
    process.exitCode = error.exitCode;
  } else throw error;
}
