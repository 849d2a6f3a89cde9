import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { administer, createServiceLogin, dropDatabase, migrate, withDatabase } from '@florin/database';
import { serviceLogin } from '@florin/local';
import type { ServiceName } from './services.js';

/**
 * Makes the migrated database that the tests of a service clone. Its name contains a hash of the migrations, so another
 * version of them gets another template, and the next test run finds this one ready.
 * @returns its URL; nobody can connect to it, because a database with connections cannot be cloned
 */
export function prepareTemplate(url: string, service: ServiceName): Promise<string> {
  const directory = join(process.cwd(), 'prisma', service, 'migrations');
  const name = `florin_template_${service}_${hashOf(directory)}`;
  return administer(url, async (client) => {
    // Several test runs may share one server. The lock goes with the connection.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) {
      // Built under another name first: a database that has the template's name is complete.
      const building = `${name}_building`;
      await dropDatabase(withDatabase(url, building));
      await migrate({ url: withDatabase(url, building), directory });
      await client.query(`ALTER DATABASE ${building} ALLOW_CONNECTIONS false`);
      await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
    }
    // Not part of the template: roles belong to the server.
    const login = serviceLogin(service);
    if (login) await createServiceLogin(url, login);
    return withDatabase(url, name);
  });
}

function hashOf(directory: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sql'),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(directory, file)));
  return hash.digest('hex').slice(0, 12);
}
