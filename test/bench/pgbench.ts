import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withDatabase } from '@florin/database';
import pg from 'pg';

const run = promisify(execFile);
const accounts = 1_000;

/**
 * The yardstick: pgbench doing one double-entry transfer a transaction (two balances, a transfer, two entries) on the
 * same server, 16 clients, prepared statements, rows locked in ascending order.
 */
export class Pgbench {
  private constructor(private readonly url: string) {}

  static async create(postgresUrl: string): Promise<Pgbench> {
    const admin = new pg.Client(postgresUrl);
    await admin.connect();
    await admin.query('DROP DATABASE IF EXISTS florin_pgbench WITH (FORCE)');
    await admin.query('CREATE DATABASE florin_pgbench');
    await admin.end();
    const url = withDatabase(postgresUrl, 'florin_pgbench');
    const client = new pg.Client(url);
    await client.connect();
    await client.query(`
      CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL);
      CREATE TABLE transfer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source int, destination int, amount bigint);
      CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transfer_id bigint, account_id int, amount bigint);
      INSERT INTO account SELECT i, 0 FROM generate_series(1, ${accounts}) AS i`);
    await client.end();
    return new Pgbench(url);
  }

  /** Transfers a second; `hot` makes account 1 a side of every transfer. */
  async transfersPerSecond(seconds: number, hot = false): Promise<number> {
    const script = join(tmpdir(), `florin-pgbench-${process.pid}.sql`);
    await writeFile(script, transferScript(hot));
    try {
      const { stdout } = await run('pgbench', [
        ...['-n', '-c', '16', '-j', '2', '-M', 'prepared', '-T', String(seconds), '-f', script],
        this.url,
      ]);
      const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
      if (!tps) throw new Error(`pgbench said: ${stdout}`);
      return Number(tps);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('pgbench is not on the PATH; Debian has it in postgresql-contrib');
    } finally {
      await rm(script, { force: true });
    }
  }
}

function transferScript(hot: boolean): string {
  return `
\\set a ${hot ? '1' : `random(1, ${accounts})`}
\\set b random(2, ${accounts})
BEGIN;
UPDATE account SET balance = balance - 1 WHERE id = least(:a::int, :b::int);
UPDATE account SET balance = balance + 1 WHERE id = greatest(:a::int, :b::int);
WITH t AS (INSERT INTO transfer (source, destination, amount) VALUES (:a::int, :b::int, 1) RETURNING id)
INSERT INTO entry (transfer_id, account_id, amount) SELECT id, :a::int, -1 FROM t UNION ALL SELECT id, :b::int, 1 FROM t;
COMMIT;
`;
}
