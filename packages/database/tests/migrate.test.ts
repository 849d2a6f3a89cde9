import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { dropDatabase, withDatabase } from '../src/create-database.js';
import { MigrationError, migrate } from '../src/migrate.js';

let directory: string;
let url: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'florin-migrate-'));
  writeFileSync(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  url = withDatabase(process.env.POSTGRES_URL!, `florin_test_migrate_${randomBytes(6).toString('hex')}`);
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await dropDatabase(url);
});

function addMigration(name: string, sql: string): void {
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const guardedTable = `
CREATE TABLE balances (id int PRIMARY KEY, amount bigint NOT NULL); -- a comment; with a semicolon
CREATE FUNCTION refuse_debt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount < 0 THEN RAISE EXCEPTION 'no debt; ever'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_debt BEFORE INSERT ON balances FOR EACH ROW EXECUTE FUNCTION refuse_debt();
`;

test('creates the database and applies migrations with function bodies and triggers', async () => {
  addMigration('20260101000000_balances', guardedTable);
  expect(await migrate({ url, directory })).toEqual(['20260101000000_balances']);
  await expect(query('INSERT INTO balances VALUES (1, -1)')).rejects.toThrow('no debt; ever');
});

test('applies only what is new, in the order of the names', async () => {
  addMigration('20260101000000_balances', guardedTable);
  await migrate({ url, directory });
  expect(await migrate({ url, directory })).toEqual([]);
  addMigration('20260103000000_drop', 'DROP TABLE credits;');
  addMigration('20260102000000_credits', 'CREATE TABLE credits (id int);');
  expect(await migrate({ url, directory })).toEqual(['20260102000000_credits', '20260103000000_drop']);
  expect(await query('SELECT migration_name FROM _prisma_migrations ORDER BY finished_at')).toHaveLength(3);
});

test('leaves nothing of a migration that fails, and refuses to go on after it', async () => {
  addMigration('20260101000000_bad', 'CREATE TABLE first (id int); CREATE TABLE first (id int);');
  const failure = await migrate({ url, directory }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationError);
  expect((failure as Error).message).toContain('relation "first" already exists');
  expect(await query("SELECT to_regclass('first') AS first")).toEqual([{ first: null }]);
  await expect(migrate({ url, directory })).rejects.toThrow('failed migrations');
});

test('two processes may migrate one database at once', async () => {
  addMigration('20260101000000_balances', guardedTable);
  const applied = await Promise.all([migrate({ url, directory }), migrate({ url, directory })]);
  expect(applied.flat()).toEqual(['20260101000000_balances']);
});
