import type { Servers } from '@florin/local';
import { services, templateVariable } from './services.js';
import { prepareTemplate } from './template-database.js';
import { startTestServers } from './test-servers.js';

declare global {
  var florinTestServers: Servers | undefined;
}

/** Runs once before all tests; what it finds or starts reaches them through environment variables. */
async function globalSetup(): Promise<void> {
  const servers = await startTestServers();
  globalThis.florinTestServers = servers;
  try {
    process.env.KAFKA_BROKERS = servers.kafkaBrokers;
    process.env.SCHEMA_REGISTRY_URL = servers.schemaRegistryUrl;
    process.env.REDIS_URL = servers.redisUrl;
    process.env.POSTGRES_URL = servers.postgresUrl;
    await Promise.all(
      services.map(async (service) => {
        process.env[templateVariable(service)] = await prepareTemplate(servers.postgresUrl!, service);
      }),
    );
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

// biome-ignore lint/style/noDefaultExport: Jest takes the default export of a global setup.
export default globalSetup;
