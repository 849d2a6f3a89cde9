import { register } from 'node:module';
import { mutations } from './mutations.js';
import { type Options, parseOptions, UsageError } from './options.js';
import { simulateInWorkers } from './progress.js';
import { installVirtualGlobals } from './virtual-globals.js';

async function main(options: Options): Promise<number> {
  if (!options.isWorker) return simulateInWorkers(options);
  // Before anything of the platform is loaded: its modules take timers and ids from what is installed then.
  installVirtualGlobals();
  // A worker whose parent was killed would simulate on for nobody.
  process.once('disconnect', () => process.exit(2));
  // Worlds throw thousands of errors on purpose, and their stacks cost more than they say.
  Error.stackTraceLimit = 3;
  const mutation = mutations.find(({ name }) => name === options.mutation);
  if (mutation) register('./mutation-hooks.js', import.meta.url, { data: mutation });
  const { runSeeds } = await import('./run-seeds.js');
  return runSeeds(options);
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
