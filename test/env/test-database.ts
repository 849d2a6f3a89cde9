import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  administer,
  createDatabaseFromTemplate,
  databaseName,
  dropDatabase,
  serviceUrl,
} from '@florin/database';
import { serviceLogin } from '@florin/local';
import { type ServiceName, templateVariable } from './services.js';

export interface TestDatabase {
  /** URL of an empty, migrated database that belongs to the caller alone. */
  readonly url: string;
  /** The same with the rights of the service, where it is not the owner of its tables. */
  readonly serviceUrl: string;
  /**
   * Drops the database.
   * @throws when connections to it were left open, naming the application that holds them
   */
  drop(): Promise<void>;
}

/** Clones the template database of a service, which takes some 50 ms. */
export async function createTestDatabase(service: ServiceName): Promise<TestDatabase> {
  const template = process.env[templateVariable(service)];
  if (template === undefined) throw new Error('The global setup of the tests has not run');
  const name = `florin_test_${service}_${randomBytes(6).toString('hex')}`;
  const url = await createDatabaseFromTemplate(template, name);
  const login = serviceLogin(service);
  return { url, serviceUrl: login ? serviceUrl(url, login) : url, drop: () => drop(url) };
}

async function drop(url: string): Promise<void> {
  const holders = await openConnections(url);
  await dropDatabase(url);
  if (holders.length > 0) {
    throw new Error(`${holders.length} connections to ${databaseName(url)} leaked by ${holders.join(', ')}`);
  }
}

const patienceMs = 2_000;

/** Who is connected, after giving connections that were just closed time to disappear from the server. */
function openConnections(url: string): Promise<string[]> {
  return administer(url, async (client) => {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const { rows } = await client.query<{ holder: string }>(
        'SELECT application_name AS holder FROM pg_stat_activity WHERE datname = $1',
        [databaseName(url)],
      );
      if (rows.length === 0 || performance.now() > giveUpAt) return rows.map((row) => row.holder);
      await delay(20);
    }
  });
}
