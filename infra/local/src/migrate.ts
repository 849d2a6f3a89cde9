import { databaseUrl, migrateDatabases } from './databases.js';
import { LocalError } from './local-error.js';
import { type DatabaseUrls, serviceNames } from './service-names.js';
import { readSettings } from './settings.js';

/** The program behind the `migrate` job of docker-compose.yml: `npm start` does this by itself. */
const { databaseUrls, external } = readSettings(process.env);
const urls = serviceNames.map((name) => {
  const url = databaseUrls[name] ?? (external.postgresUrl && databaseUrl(external.postgresUrl, name));
  if (!url) throw new LocalError('start-failed', `Set ${name.toUpperCase()}_DATABASE_URL or POSTGRES_URL.`);
  return [name, url];
});
await migrateDatabases(Object.fromEntries(urls) as DatabaseUrls);
console.log(`Migrated the databases of ${serviceNames.join(', ')}.`);
