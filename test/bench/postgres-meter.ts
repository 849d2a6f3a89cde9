import { readFileSync } from 'node:fs';
import pg from 'pg';

export interface Reading {
  /** Bytes of write-ahead log so far. */
  readonly walBytes: number;
  /** Processor time of all processes of the server, those that have ended included; 0 where there is no /proc. */
  readonly cpuUs: number;
}

const usPerTick = 10_000;

/** What a PostgreSQL server on this machine spends. */
export class PostgresMeter {
  private constructor(private readonly client: pg.Client) {}

  static async connect(url: string): Promise<PostgresMeter> {
    const client = new pg.Client(url);
    client.on('error', (error) => console.error(error.message));
    await client.connect();
    return new PostgresMeter(client);
  }

  async read(): Promise<Reading> {
    const { rows } = await this.client.query<{ wal: string; pids: number[] }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS wal,
              (SELECT array_agg(pid) FROM pg_stat_activity) AS pids`,
    );
    const { wal, pids } = rows[0]!;
    return { walBytes: Number(wal), cpuUs: serverCpuUs(pids) };
  }

  /** So that what was loaded is on the disk when the clock begins to run. */
  async checkpoint(): Promise<void> {
    await this.client.query('CHECKPOINT');
  }

  async durability(): Promise<string> {
    const { rows } = await this.client.query<{ name: string; setting: string }>(
      `SELECT name, current_setting(name) AS setting FROM pg_settings
        WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers') ORDER BY name`,
    );
    return rows.map(({ name, setting }) => `${name}=${setting}`).join(', ');
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** The parent of all backends is the postmaster, which remembers what those spent that have ended. */
function serverCpuUs(pids: readonly number[]): number {
  const processes = pids.flatMap((pid) => statOf(pid) ?? []);
  const parent = processes[0] && statOf(processes[0].parent);
  const own = processes.reduce((sum, { ticks }) => sum + ticks, 0);
  return (own + (parent ? parent.ticks + parent.ticksOfEnded : 0)) * usPerTick;
}

function statOf(pid: number): { parent: number; ticks: number; ticksOfEnded: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
    return {
      parent: fields[1]!,
      ticks: fields[11]! + fields[12]!,
      ticksOfEnded: fields[13]! + fields[14]!,
    };
  } catch {
    return undefined;
  }
}
