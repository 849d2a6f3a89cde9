import { OpsError } from './client.js';
import { createProgram } from './program.js';

try {
  await createProgram(process.env).parseAsync();
} catch (error) {
  if (!(error instanceof OpsError)) throw error;
  console.error(`florin: ${error.message} (${error.code})`);
  process.exitCode = 1;
}
