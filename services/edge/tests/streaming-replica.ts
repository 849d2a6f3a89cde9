import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { administer } from '@florin/database';
import { type Child, freePorts, startPostgres } from '@florin/local';
import pg from 'pg';
import { eventually } from '../../../test/story/eventually.js';

/** A hot standby of the PostgreSQL server of the tests, which must run on this machine. */
export class StreamingReplica {
  private constructor(
    private readonly server: Child,
    private readonly folder: string,
    private readonly primaryUrl: string,
    private readonly slot: string,
    /** Of the copy of the database. */
    readonly url: string,
    private readonly client: pg.Client,
  ) {}

  /** Takes a base backup by hand, because the embedded PostgreSQL comes without `pg_basebackup`, and starts from it. */
  static async start(primaryUrl: string): Promise<StreamingReplica> {
    const slot = `florin_replica_${process.pid}_${Date.now()}`;
    const folder = `/var/tmp/${slot}`;
    const data = join(folder, 'data');
    mkdirSync(folder, { mode: 0o755 });
    await backUp(primaryUrl, data, slot);
    const { hostname, port, username, password } = new URL(primaryUrl);
    appendFileSync(
      join(data, 'postgresql.auto.conf'),
      `\nprimary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\nprimary_slot_name = '${slot}'\n`,
    );
    writeFileSync(join(data, 'standby.signal'), '');
    const { uid, gid } = statSync(join(data, 'PG_VERSION'));
    // The tests may run as root, PostgreSQL never does.
    for (const name of ['standby.signal', 'backup_label', 'postgresql.auto.conf']) {
      chownSync(join(data, name), uid, gid);
    }
    const [own] = await freePorts(1);
    const server = await startPostgres({
      folder: data,
      logFile: join(folder, 'log'),
      port: own!,
      // Resuming after a long pause is a query like any other, and must not be cancelled as one that holds up replay.
      settings: { max_standby_streaming_delay: '-1', fsync: 'off' },
    });
    const url = new URL(primaryUrl);
    url.port = String(own);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return new StreamingReplica(server, folder, primaryUrl, slot, url.href, client);
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
    await administer(this.primaryUrl, (primary) =>
      // The primary takes a moment to notice that the replica is gone.
      eventually('the slot to be free', async () => {
        const dropped = await primary.query(
          'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
          [this.slot],
        );
        return dropped.rowCount === 1 ? true : undefined;
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * The slot is there first: the tests create and drop databases all the time, each of which is a checkpoint, and without it
 * the log that was written during the backup may be gone before the replica asks for it.
 */
function backUp(primaryUrl: string, target: string, slot: string): Promise<void> {
  return administer(primaryUrl, async (primary) => {
    const { rows } = await primary.query('SHOW data_directory');
    await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
    await primary.query(`SELECT pg_backup_start('test', true)`);
    // Files that vanish during the copy are no loss: the log has what became of them.
    await promisify(execFile)('cp', ['-a', rows[0].data_directory, target]).catch(() => undefined);
    const stopped = await primary.query('SELECT labelfile FROM pg_backup_stop(false)');
    writeFileSync(join(target, 'backup_label'), stopped.rows[0].labelfile);
    rmSync(join(target, 'postmaster.pid'), { force: true });
    // The slots are the primary's: here they would only keep log that nobody asks for.
    for (const name of readdirSync(join(target, 'pg_replslot'))) {
      rmSync(join(target, 'pg_replslot', name), { recursive: true });
    }
  });
}
