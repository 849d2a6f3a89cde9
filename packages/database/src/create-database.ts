import pg from 'pg';

/** Name of the database that a connection URL points at. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** The same server and credentials, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}

/** Creates the database that `url` points at, unless it exists. Needs the right to create databases. */
export async function createDatabaseIfMissing(url: string): Promise<void> {
  await administer(url, async (client) => {
    const name = databaseName(url);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return;
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    } catch (error) {
      // Another process has created it since the look-up.
      if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
    }
  });
}

/** Clones the database that `templateUrl` points at, which nobody may be connected to, under another name. */
export async function createDatabaseFromTemplate(templateUrl: string, name: string): Promise<string> {
  const template = pg.escapeIdentifier(databaseName(templateUrl));
  await administer(templateUrl, (client) =>
    client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${template}`),
  );
  return withDatabase(templateUrl, name);
}

/** Drops the database that `url` points at, together with the connections to it. */
export async function dropDatabase(url: string): Promise<void> {
  await administer(url, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(databaseName(url))} WITH (FORCE)`),
  );
}

/** Runs `work` on a connection of its own to the `postgres` database of the server that `url` points at. */
export async function administer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: withDatabase(url, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
