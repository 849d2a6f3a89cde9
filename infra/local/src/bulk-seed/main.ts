import { LocalError } from '../local-error.js';
import { bulkSeed, openPools, readOptions } from './bulk-seed.js';

/** The program behind `npm run seed`. */
try {
  const options = readOptions(process.argv.slice(2));
  const pools = openPools(process.env);
  try {
    await bulkSeed(pools, options, (line) => console.log(line));
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
} catch (error) {
  const isAway = (error as { code?: string }).code === 'ECONNREFUSED';
  if (!(error instanceof LocalError) && !isAway) throw error;
  console.error(
    isAway ? 'There is no PostgreSQL: start the platform first, npm start' : (error as Error).message,
  );
  process.exitCode = 1;
}
