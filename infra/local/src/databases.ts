import { join } from 'node:path';
import { migrate, withDatabase } from '@florin/database';
import { repositoryRoot } from './paths.js';
import { type DatabaseUrls, type ServiceName, serviceNames } from './service-names.js';

/** Name of a service's own database. */
export function databaseUrl(postgresUrl: string, service: ServiceName): string {
  return withDatabase(postgresUrl, `florin_${service}`);
}

/** Creates and migrates the databases of all services at once. @throws MigrationError */
export async function migrateDatabases(urls: DatabaseUrls): Promise<void> {
  await Promise.all(
    serviceNames.map((service) =>
      migrate({
        url: urls[service],
        directory: join(repositoryRoot, 'prisma', service, 'migrations'),
      }),
    ),
  );
}
