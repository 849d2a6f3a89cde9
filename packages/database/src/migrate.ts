import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { createDatabaseIfMissing, databaseName } from './create-database.js';
import type { Pool } from './database.js';

export interface MigrateOptions {
  readonly url: string;
  /** A folder of ordinary Prisma migrations: `<timestamp>_<name>/migration.sql` and `migration_lock.toml`. */
  readonly directory: string;
}

/** The ledger checks its entries with `RETURNING WITH (OLD AS ...)`. */
const minServerVersion = 18;

/** A migration could not be applied. The database is left as the failed migration found it. */
export class MigrationError extends Error {
  readonly code = 'migration-failed';
  readonly retryable = false;
  constructor(database: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`Migration of database ${database} failed: ${detail}`, { cause });
    this.name = 'MigrationError';
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a database up to date with a folder of Prisma migrations, offline, and creates it when it does not exist.
 * It keeps `_prisma_migrations` exactly as `prisma migrate deploy` does, so either can follow the other.
 * @returns the names of the migrations that were applied now
 * @throws MigrationError
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const directory = resolve(options.directory);
  const migrations = await readMigrations(directory);
  await createDatabaseIfMissing(options.url);
  // The engine holds an advisory lock on its session while it works, so every statement must use one connection.
  const pool = new pg.Pool({ connectionString: options.url, max: 1, application_name: 'florin-migrate' });
  try {
    await requireServerVersion(pool);
    if (await isUpToDate(pool, migrations)) return [];
    return await apply(pool, directory, migrations);
  } catch (error) {
    throw new MigrationError(databaseName(options.url), error);
  } finally {
    await pool.end();
  }
}

async function requireServerVersion(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  const { number, version } = rows[0]!;
  if (number >= minServerVersion * 10_000) return;
  throw new Error(`PostgreSQL ${minServerVersion} or later is needed, this is ${version}`);
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
    })),
  );
}

// Loading the engine takes longer than everything else a second start does for a database, so it is skipped when the
// table says that there is nothing to do. Everything doubtful (failed, edited, unknown) is left to the engine.
async function isUpToDate(pool: Pool, migrations: readonly Migration[]): Promise<boolean> {
  const table = await pool.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists");
  if (!table.rows[0].exists) return false;
  const { rows } = await pool.query<{ migration_name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  return (
    rows.every((row) => row.finished) &&
    migrations.every(({ name, sql }) => applied.get(name)?.checksum === checksum(sql))
  );
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

async function apply(pool: Pool, directory: string, migrations: readonly Migration[]): Promise<string[]> {
  const { createSchemaEngine } = await import('./schema-engine.js');
  const engine = await createSchemaEngine(pool);
  try {
    const lockfile = 'migration_lock.toml';
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: directory,
        lockfile: { path: lockfile, content: await readFile(join(directory, lockfile), 'utf8') },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}
