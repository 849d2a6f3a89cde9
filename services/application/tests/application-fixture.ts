import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  ApplicationDecided,
  ApplicationProgressed,
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  type BodyOf,
  consumerGroups,
  DefineApplicationType,
  IssueCard,
  OpenWallet,
  SubmitApplication,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { createSandbox, loadConfig } from '@florin/sandbox';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { createApplicationService, readConfig } from '../src/service.js';

export type Progressed = BodyOf<ApplicationProgressed>;

/** The application service on real servers, the sandbox as its providers, and a peer as edge and wallet. */
export interface ApplicationFixture {
  readonly service: Service;
  readonly peer: Peer;
  setFault(provider: 'kyc' | 'credit-bureau', mode: 'ok' | 'error' | 'reset'): Promise<void>;
  /** Sends a definition as it would come from the REST interface, and waits until it is in force. */
  define(definition: ApplicationTypeJson): Promise<number>;
  submit(type: string, data: unknown): Promise<{ applicationId: string; applicantId: string }>;
  /** The newest state that was announced. */
  state(applicationId: string): Progressed | undefined;
  until(applicationId: string, what: string, holds: (state: Progressed) => boolean): Promise<Progressed>;
  close(): Promise<void>;
}

export interface ApplicationTypeJson {
  readonly code: string;
  readonly name: string;
  readonly schema: { readonly examples?: readonly unknown[] };
  readonly workflow: unknown;
}

export const creditCard: ApplicationTypeJson = JSON.parse(
  readFileSync('services/application/seeds/credit-card.json', 'utf8'),
);

const retryDelays = ['100ms', '200ms'];

export async function createApplicationFixture(): Promise<ApplicationFixture> {
  const topicPrefix = `a${randomUUID().slice(0, 8)}-`;
  const sandbox = createSandbox(
    loadConfig({ SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'silent' }),
  );
  await sandbox.start();
  const test = await createTestDatabase('application');
  const service = createApplicationService(
    readConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      KAFKA_BROKERS: process.env.KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL,
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: retryDelays.join(','),
      APPLICATION_PORT: '0',
      APPLICATION_DATABASE_URL: test.url,
      KYC_URL: sandbox.url,
      CREDIT_BUREAU_URL: sandbox.url,
      PROVIDER_TIMEOUT_MS: '500',
    }),
  );
  const listen = [
    {
      group: consumerGroups.edge,
      definitions: [
        ApplicationTypeDefined,
        ApplicationTypeRefused,
        ApplicationProgressed,
        ApplicationDecided,
      ],
    },
    { group: consumerGroups.wallet, definitions: [OpenWallet, IssueCard] },
  ];
  const [peer] = await Promise.all([createPeer({ topicPrefix, retryDelays, listen }), service.start()]);

  const state = (applicationId: string): Progressed | undefined =>
    peer
      .heard<ApplicationProgressed>(ApplicationProgressed)
      .map(({ value }) => value)
      .filter((value) => value.applicationId === applicationId)
      .sort((a, b) => a.meta.aggregateVersion - b.meta.aggregateVersion)
      .at(-1);

  return {
    service,
    peer,
    state,
    async setFault(provider, mode) {
      await fetch(`${sandbox.url}/faults/${provider}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode }),
      });
    },
    async define({ code, name, schema, workflow }) {
      const texts = { schema: JSON.stringify(schema), workflow: JSON.stringify(workflow) };
      const id = await peer.send(DefineApplicationType, code, { code, name, ...texts });
      const defined = await eventually('the definition', async () =>
        peer
          .heard<ApplicationTypeDefined>(ApplicationTypeDefined)
          .find(({ value }) => value.meta.causationId === id),
      );
      return defined.value.version;
    },
    async submit(type, data) {
      const ids = { applicationId: randomUUID(), applicantId: randomUUID() };
      const body = { ...ids, type, data: JSON.stringify(data) };
      await peer.send(SubmitApplication, ids.applicationId, body);
      return ids;
    },
    until: (applicationId, what, holds) =>
      eventually(what, async () => {
        const newest = state(applicationId);
        return newest && holds(newest) ? newest : undefined;
      }),
    async close() {
      await Promise.all([service.stop(), peer.close()]);
      await test.drop();
      await sandbox.stop();
    },
  };
}
