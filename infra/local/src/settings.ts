import type { PlatformPorts } from './platform.js';
import type { PortUse } from './ports.js';
import type { ExternalServers, ServerPorts } from './servers.js';
import { type ServiceName, serviceNames } from './service-names.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about a local platform. */
export interface Settings {
  readonly serverPorts: ServerPorts;
  readonly platformPorts: PlatformPorts;
  readonly external: ExternalServers;
  /** Databases that are elsewhere; the others are created in the embedded PostgreSQL. */
  readonly databaseUrls: Partial<Record<ServiceName, string>>;
  readonly topicPrefix: string;
  /** Everything that is going to listen here. */
  readonly portUses: readonly PortUse[];
  /** One line for each variable, ports aside, that only a local platform reads and that cannot be used. */
  readonly problems: readonly string[];
}

export function readSettings(env: Environment): Settings {
  const uses: PortUse[] = [];
  const port = (setting: string, what: string, fallback: number, used = true): number => {
    const text = env[setting] ?? String(fallback);
    // Number() would take much else for a number: '', '8e3', '0x50'.
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (used) uses.push({ what, port: value, setting });
    return value;
  };
  const external = {
    kafkaBrokers: env.KAFKA_BROKERS,
    schemaRegistryUrl: env.SCHEMA_REGISTRY_URL,
    redisUrl: env.REDIS_URL,
    postgresUrl: env.POSTGRES_URL,
  };
  const databaseUrls = databaseUrlsOf(env);
  const ownKafka = external.kafkaBrokers === undefined;
  const ownPostgres =
    external.postgresUrl === undefined && serviceNames.some((name) => databaseUrls[name] === undefined);
  return {
    serverPorts: {
      kafka: port('FLORIN_KAFKA_PORT', 'Kafka', 19_092, ownKafka),
      kafkaController: port('FLORIN_KAFKA_CONTROLLER_PORT', 'Kafka controller', 19_093, ownKafka),
      registry: port(
        'FLORIN_REGISTRY_PORT',
        'schema registry',
        18_081,
        external.schemaRegistryUrl === undefined,
      ),
      redis: port('FLORIN_REDIS_PORT', 'Redis', 16_379, external.redisUrl === undefined),
      postgres: port('FLORIN_POSTGRES_PORT', 'PostgreSQL', 15_432, ownPostgres),
    },
    platformPorts: {
      edge: port('EDGE_PORT', 'edge', 8080),
      application: port('APPLICATION_PORT', 'application service', 8081),
      wallet: port('WALLET_PORT', 'wallet service', 8082),
      transaction: port('TRANSACTION_PORT', 'transaction service', 8083),
      notification: port('NOTIFICATION_PORT', 'notification service', 8084),
      sandbox: port('SANDBOX_PORT', 'sandbox', 8090),
      smtp: port('SANDBOX_SMTP_PORT', 'sandbox SMTP', 8025),
    },
    external,
    databaseUrls,
    topicPrefix: env.TOPIC_PREFIX ?? '',
    portUses: uses,
    problems:
      external.postgresUrl === undefined || URL.canParse(external.postgresUrl)
        ? []
        : ['POSTGRES_URL: expected a URL such as postgres://user:password@host:5432/postgres'],
  };
}

function databaseUrlsOf(env: Environment): Partial<Record<ServiceName, string>> {
  const named = serviceNames.map((name) => [name, env[`${name.toUpperCase()}_DATABASE_URL`]] as const);
  return Object.fromEntries(named.filter(([, url]) => url !== undefined));
}
