import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, removeServerData, type Servers, startServers } from '@florin/local';

/** A Kafka or PostgreSQL of a test's own, so that it can go away without the tests of other files noticing. */
export class OwnServer {
  private constructor(
    private readonly kind: 'kafka' | 'postgres',
    private readonly dataFolder: string,
    private readonly ports: readonly number[],
    private servers: Servers,
  ) {}

  static async start(kind: 'kafka' | 'postgres'): Promise<OwnServer> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'florin-own-'));
    const ports = await freePorts(2);
    return new OwnServer(kind, dataFolder, ports, await launch(kind, dataFolder, ports));
  }

  /** Brokers of Kafka, or the URL of the superuser's database. */
  get address(): string {
    return this.kind === 'kafka' ? this.servers.kafkaBrokers : this.servers.postgresUrl!;
  }

  /** It is gone at once, as after a failure of its machine. */
  async kill(): Promise<void> {
    await Promise.all(this.servers.children.map((child) => child.kill('SIGKILL')));
  }

  /** It answers nothing any more and closes no connection, as behind a broken network. */
  freeze(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGCONT');
  }

  /** PostgreSQL has a process for each connection. */
  private pids(): number[] {
    const parents = this.servers.children.map(({ pid }) => pid);
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n');
    const all = processes.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
    return [...parents, ...all.filter(([, parent]) => parents.includes(parent)).map(([pid]) => pid)];
  }

  /** Starts it again with the data it had. */
  async restart(): Promise<void> {
    this.servers = await launch(this.kind, this.dataFolder, this.ports);
  }

  async close(): Promise<void> {
    const running = this.servers.children.filter((child) => child.running);
    // Frozen children of a server that is killed would stay for ever.
    if (running.length > 0) this.thaw();
    await Promise.all(running.map((child) => child.kill('SIGKILL')));
    removeServerData(this.dataFolder);
  }
}

function launch(kind: 'kafka' | 'postgres', dataFolder: string, ports: readonly number[]): Promise<Servers> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, POSTGRES_URL } = process.env;
  const [first, second] = ports as [number, number];
  return startServers({
    dataFolder,
    logFolder: join(dataFolder, 'logs'),
    ports: { kafka: first, kafkaController: second, registry: 0, redis: 0, postgres: first },
    external: {
      kafkaBrokers: kind === 'kafka' ? undefined : KAFKA_BROKERS,
      postgresUrl: kind === 'postgres' ? undefined : POSTGRES_URL,
      schemaRegistryUrl: SCHEMA_REGISTRY_URL,
      redisUrl: REDIS_URL,
    },
    report: () => undefined,
  });
}
