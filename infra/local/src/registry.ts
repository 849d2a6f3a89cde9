import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, healthyOrKilled, startChild } from './child.js';
import { javaCommand } from './java.js';

export interface RegistryOptions {
  readonly program: string;
  /** JVM options for class-data sharing. */
  readonly classArchive: readonly string[];
  /** Called with every process that is started. */
  readonly onStart?: (child: Child) => void;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
}

/** Base URL of the registry's Confluent-compatible API. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/** Starts the Apicurio schema registry on a database file of its own. */
export async function startRegistry(options: RegistryOptions): Promise<Child> {
  mkdirSync(options.folder, { recursive: true });
  const registry = startChild({
    name: 'Schema registry',
    command: javaCommand(),
    args: [
      ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...options.classArchive,
      ...['-jar', join(options.program, 'apicurio-registry-app-3.0.9-runner.jar')],
    ],
    cwd: options.folder,
    logFile: options.logFile,
    env: {
      ...process.env,
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(options.port),
      QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
      QUARKUS_MANAGEMENT_PORT: '0',
      QUARKUS_BANNER_ENABLED: 'false',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      // Messages on disk refer to schemas by id: an id that a service has used must survive a kill of the registry.
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(options.folder, 'registry')};WRITE_DELAY=0`,
    },
  });
  options.onStart?.(registry);
  return healthyOrKilled(registry, async () => {
    const response = await fetch(`${registryUrl(options.port)}/subjects`, {
      signal: AbortSignal.timeout(2_000),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
  });
}
