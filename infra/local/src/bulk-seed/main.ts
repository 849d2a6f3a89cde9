import { LocalError } from '../local-error.js';
import { bulkSeed, openPools } from './bulk-seed.js';
import { readOptions, usage } from './options.js';

/** The program behind `npm run seed`. */
async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (!options) return console.log(usage);
  const pools = openPools(process.env);
  try {
    await bulkSeed(pools, options, (line) => console.log(line));
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const isAway = (error as { code?: string }).code === 'ECONNREFUSED';
  if (!(error instanceof LocalError) && !isAway) throw error;
  const message = isAway
    ? 'There is no PostgreSQL: start the platform first, npm start'
    : (error as Error).message;
  const isUsage = error instanceof LocalError && error.code === 'usage';
  console.error(isUsage ? `${message}\n\n${usage}` : message);
  process.exitCode = isUsage ? 2 : 1;
}
