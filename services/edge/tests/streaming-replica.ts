import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, freePorts, startPostgres } from '@florin/local';
import pg from 'pg';

/** A hot standby of the PostgreSQL server of the tests, which must run on this machine. */
export class StreamingReplica {
  private constructor(
    private readonly server: Child,
    private readonly folder: string,
    /** Of the copy of the database. */
    readonly url: string,
    private readonly client: pg.Client,
  ) {}

  /** Takes a base backup by hand, because the embedded PostgreSQL comes without `pg_basebackup`, and starts from it. */
  static async start(primaryUrl: string): Promise<StreamingReplica> {
    const folder = `/var/tmp/florin-replica-${process.pid}-${Date.now()}`;
    const data = join(folder, 'data');
    mkdirSync(folder, { mode: 0o755 });
    await backUp(primaryUrl, data);
    const { hostname, port, username, password } = new URL(primaryUrl);
    appendFileSync(
      join(data, 'postgresql.auto.conf'),
      `\nprimary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`,
    );
    writeFileSync(join(data, 'standby.signal'), '');
    const { uid, gid } = statSync(join(data, 'PG_VERSION'));
    // The tests may run as root, PostgreSQL never does.
    for (const name of ['standby.signal', 'backup_label', 'postgresql.auto.conf']) {
      chownSync(join(data, name), uid, gid);
    }
    const [own] = await freePorts(1);
    const server = await startPostgres({ folder: data, logFile: join(folder, 'log'), port: own! });
    const url = new URL(primaryUrl);
    url.port = String(own);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return new StreamingReplica(server, folder, url.href, client);
  }

  /** From now on nothing of what the primary sends is shown. */
  async pause(): Promise<void> {
    await this.client.query('SELECT pg_wal_replay_pause()');
  }

  async resume(): Promise<void> {
    await this.client.query('SELECT pg_wal_replay_resume()');
  }

  async stop(): Promise<void> {
    if (!this.server.running) return;
    await this.client.end();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function backUp(primaryUrl: string, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: primaryUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SHOW data_directory');
    await client.query(`SELECT pg_backup_start('test', true)`);
    // Files that vanish during the copy are no loss: the log has what became of them.
    await promisify(execFile)('cp', ['-a', rows[0].data_directory, target]).catch(() => undefined);
    const stopped = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
    writeFileSync(join(target, 'backup_label'), stopped.rows[0].labelfile);
    rmSync(join(target, 'postmaster.pid'), { force: true });
  } finally {
    await client.end();
  }
}
