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
    for (const { pointer, detail } of error.errors) console.error(`  ${nameOf(pointer)}: ${detail}`);
    process.exitCode = error.exitCode;
  } else if (isFileError(error)) {
    console.error(`florin: ${fileSentence(error)}`);
    process.exitCode = exitCodes.usage;
  } else throw error;
}

/** The argument has the name of the parameter. What points into a body points into a file, or an option, that became it. */
function nameOf(pointer: string): string {
  return pointer.replace(/^\/(params|query)\//, '');
}

/** A file that was named on the command line cannot be read or written. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return error instanceof Error && syscall !== undefined && path !== undefined;
}

function fileSentence({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no file ${path}`;
  if (code === 'EEXIST') return `${path} exists already and is not overwritten`;
  if (code === 'EACCES') return `${path} may not be read or written`;
  return message;
}
