import { join } from 'node:path';
import { createServiceLogin, migrate, type ServiceLogin, serviceUrl, withDatabase } from '@florin/database';
import { repositoryRoot } from './paths.js';
import { type DatabaseUrls, type ServiceName, serviceNames } from './service-names.js';

/** URL of a service's own database, for its owner. */
export function databaseUrl(postgresUrl: string, service: ServiceName): string {
  return withDatabase(postgresUrl, `florin_${service}`);
}

/** Services that do not run as the owner of their database. The ledger is append-only for the service that writes it. */
const logins: Partial<Record<ServiceName, ServiceLogin>> = {
  wallet: { name: 'florin_wallet', memberOf: 'florin_wallet_service' },
};

/** The login of a service, if it has one of its own; with the password in `WALLET_DATABASE_PASSWORD` when that is set. */
export function serviceLogin(service: ServiceName): ServiceLogin | undefined {
  const login = logins[service];
  return login && { ...login, password: process.env[`${service.toUpperCase()}_DATABASE_PASSWORD`] };
}

/** The URLs that services are to use, given those of the owners of their databases. */
export function serviceDatabaseUrls(owners: DatabaseUrls): DatabaseUrls {
  const urls = serviceNames.map((service) => {
    const login = serviceLogin(service);
    return [service, login ? serviceUrl(owners[service], login) : owners[service]];
  });
  return Object.fromEntries(urls) as DatabaseUrls;
}

/**
 * Creates and migrates the databases of all services at once, as their owners, and creates the logins of the services
 * named. @throws MigrationError
 */
export async function migrateDatabases(
  owners: DatabaseUrls,
  withLogin: readonly ServiceName[] = serviceNames,
): Promise<void> {
  await Promise.all(
    serviceNames.map(async (service) => {
      const directory = join(repositoryRoot, 'prisma', service, 'migrations');
      await migrate({ url: owners[service], directory });
      const login = serviceLogin(service);
      if (login && withLogin.includes(service)) await createServiceLogin(owners[service], login);
    }),
  );
}
