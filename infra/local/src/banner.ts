import { firstTransfer } from './first-transfer.js';
import type { Platform } from './platform.js';
import type { Servers } from './servers.js';

export interface BannerOptions {
  readonly platform: Platform;
  readonly servers: Servers;
  readonly logFolder: string;
  readonly apiKey: string;
  readonly secondKey: string;
  readonly seconds: number;
}

/** What somebody who has just started Florin wants to know. */
export function banner({ platform, servers, logFolder, apiKey, secondKey, seconds }: BannerOptions): string {
  const { edgeUrl, sandboxUrl, ports } = platform;
  const metrics = (['application', 'wallet', 'transaction', 'notification'] as const)
    .map((name) => `${name} :${ports[name]}`)
    .join(', ');
  return `
Florin is ready after ${seconds.toFixed(1)} s

  REST API          ${edgeUrl}/v1          documentation ${edgeUrl}/docs, ${edgeUrl}/openapi.json
  Back-office key   ${apiKey}                where a second operator has to approve: ${secondKey}
  Sandbox           ${sandboxUrl}             mail /mail/messages?to=, SMS /sms/messages?to=
  Metrics           ${edgeUrl}/metrics     ${metrics}
  Kafka             ${servers.kafkaBrokers}
  Schema registry   ${servers.schemaRegistryUrl}
  Redis             ${servers.redisUrl}
  PostgreSQL        ${servers.postgresUrl ?? 'as the *_DATABASE_URL say'}
  Logs              ${logFolder}

See the whole story, from registration to a credit card, in another terminal:

  npm run demo

Or paste this into a shell to register Ada and let her make the first transfer between two wallets:

${firstTransfer(edgeUrl, sandboxUrl)}

Press Ctrl-C to stop everything.
`;
}
