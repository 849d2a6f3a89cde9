import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startServers } from '@florin/local';

/** A Redis of one test, which may be frozen and killed. */
export interface OwnRedis {
  readonly url: string;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-redis-'));
  const [port = 0] = await freePorts(1);
  const servers = await startServers({
    dataFolder: folder,
    logFolder: folder,
    ports: { kafka: 0, kafkaController: 0, registry: 0, redis: port, postgres: 0 },
    external: { kafkaBrokers: 'none', schemaRegistryUrl: 'none' },
    postgresNeeded: false,
    ephemeral: true,
    report: () => undefined,
  });
  const redis = servers.children[0]!;
  return {
    url: servers.redisUrl,
    freeze: () => void process.kill(redis.pid, 'SIGSTOP'),
    thaw: () => void process.kill(redis.pid, 'SIGCONT'),
    async kill() {
      await redis.kill('SIGKILL');
    },
    async close() {
      await redis.kill('SIGKILL');
      await servers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
