import { databaseUrl, migrateDatabases, serviceLogin } from './databases.js';
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
// A service whose database is named by a URL of its own logs in with that, unless it is given a password.
const withLogin = serviceNames.filter((name) => !databaseUrls[name] || serviceLogin(name)?.password);
await migrateDatabases(Object.fromEntries(urls) as DatabaseUrls, withLogin);
console.log(`Migrated the databases of ${serviceNames.join(', ')}.`);
