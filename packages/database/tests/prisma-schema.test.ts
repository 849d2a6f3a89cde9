import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { services } from '../../../test/env/services.js';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
import { createSchemaEngine } from '../src/schema-engine.js';

const modelSchema = 'as_modelled';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: string;
}

/** What Prisma itself would create for the models of a schema file. */
async function modelSql(pool: pg.Pool, service: string): Promise<string> {
  const path = join(process.cwd(), 'prisma', service, 'schema.prisma');
  const engine = await createSchemaEngine(pool);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path, content: readFileSync(path, 'utf8') }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

// Prisma writes lists without NOT NULL and reads NULL as an empty list, so their nullability says nothing.
async function columns(pool: pg.Pool, schema: string): Promise<Column[]> {
  const { rows } = await pool.query<Column>(
    `SELECT table_name AS table, column_name AS column, udt_name AS type,
       CASE WHEN data_type = 'ARRAY' THEN 'NO' ELSE is_nullable END AS nullable
     FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, column_name`,
    [schema],
  );
  return rows;
}

// Prisma knows a database only by its schema.prisma, and nothing compares that with our hand-written migrations until a
// query fails. So the tables Prisma would make are made beside the migrated ones and both are read back.
describe.each(services)('prisma/%s', (service) => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase(service);
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('models have the tables, columns, types and nullability of the migrations', async () => {
    const sql = await modelSql(pool, service);
    await pool.query(`CREATE SCHEMA ${modelSchema}; SET search_path TO ${modelSchema}; ${sql}`);
    const modelled = await columns(pool, modelSchema);
    const tables = new Set(modelled.map((column) => column.table));
    const migrated = (await columns(pool, 'public')).filter((column) => tables.has(column.table));
    expect(tables.size).toBeGreaterThan(0);
    expect(modelled).toEqual(migrated);
  });
});
