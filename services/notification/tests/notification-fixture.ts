import { randomUUID } from 'node:crypto';
import {
  CustomerRegistered,
  consumerGroups,
  NotificationCreated,
  NotificationDelivered,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { createSandbox, loadConfig, type Sandbox } from '@florin/sandbox';
import { createSealedSecrets, localSealKey, type SealedSecrets } from '@florin/sealed-secrets';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { createNotificationService, readConfig } from '../src/service.js';

export interface Person {
  readonly customerId: string;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
}

export interface NotificationRow {
  readonly status: string;
  readonly attempts: number;
  readonly failure_code: string | null;
  readonly parameters: unknown;
}

/** The notification service on real servers, with the sandbox as its providers and a peer as the other services. */
export interface NotificationFixture {
  readonly service: Service;
  readonly peer: Peer;
  readonly secrets: SealedSecrets;
  readonly pool: pg.Pool;
  register(fullName: string): Promise<Person>;
  /** Somebody whose registration has not been announced yet. */
  newPerson(fullName: string): Person;
  announce(person: Person): Promise<void>;
  setFault(provider: 'sms' | 'smtp', mode: 'ok' | 'error' | 'timeout'): Promise<void>;
  mails(person: Person): Promise<{ subject: string; text: string; html: string }[]>;
  texts(person: Person): Promise<{ body: string }[]>;
  rows(person: Person): Promise<NotificationRow[]>;
  /** Movements of money that the customer is still to be told of. */
  untold(person: Person): Promise<number>;
  /** Moves the clock of the service on. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export const retryDelays = ['100ms', '200ms'];

export async function createNotificationFixture(): Promise<NotificationFixture> {
  const topicPrefix = `n${randomUUID().slice(0, 8)}-`;
  const sandbox: Sandbox = createSandbox(
    loadConfig({ SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'silent' }),
  );
  await sandbox.start();
  const test = await createTestDatabase('notification');
  let ahead = 0;
  const service = createNotificationService(
    readConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      KAFKA_BROKERS: process.env.KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL,
      REDIS_URL: process.env.REDIS_URL,
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: retryDelays.join(','),
      NOTIFICATION_PORT: '0',
      NOTIFICATION_DATABASE_URL: test.url,
      SMS_URL: sandbox.url,
      SMTP_URL: sandbox.smtpUrl,
      PUBLIC_URL: 'https://florin.example',
      PROVIDER_TIMEOUT_MS: '500',
    }),
    { clock: { now: () => Date.now() + ahead } },
  );
  const listen = [{ group: consumerGroups.edge, definitions: [NotificationCreated, NotificationDelivered] }];
  const [peer] = await Promise.all([createPeer({ topicPrefix, retryDelays, listen }), service.start()]);
  const redis = new Redis(process.env.REDIS_URL!);
  const pool = new pg.Pool({ connectionString: test.url, max: 1, application_name: 'notification-test' });
  const inspect = async <T>(path: string): Promise<T> =>
    (await fetch(sandbox.url + path)).json() as Promise<T>;

  const newPerson = (fullName: string): Person => {
    const customerId = randomUUID();
    const digits = String(Number.parseInt(customerId.slice(0, 8), 16)).padStart(10, '0');
    return { customerId, fullName, email: `${customerId}@example.com`, phone: `+1${digits}` };
  };
  const announce = async (person: Person): Promise<void> => {
    await peer.send(CustomerRegistered, person.customerId, person);
  };

  return {
    service,
    peer,
    secrets: createSealedSecrets({ redis, key: localSealKey }),
    pool,
    newPerson,
    announce,
    async register(fullName) {
      const person = newPerson(fullName);
      await announce(person);
      return person;
    },
    async setFault(provider, mode) {
      await fetch(`${sandbox.url}/faults/${provider}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode }),
      });
    },
    mails: ({ email }) => inspect(`/mail/messages?to=${encodeURIComponent(email)}`),
    texts: ({ phone }) => inspect(`/sms/messages?to=${encodeURIComponent(phone)}`),
    async rows({ customerId }) {
      const { rows } = await pool.query<NotificationRow>(
        'SELECT status, attempts, failure_code, parameters FROM notifications WHERE customer_id = $1',
        [customerId],
      );
      return rows;
    },
    async untold({ customerId }) {
      const { rows } = await pool.query<{ movements: number }>(
        'SELECT movements FROM movement_digests WHERE customer_id = $1',
        [customerId],
      );
      return rows[0]?.movements ?? 0;
    },
    advance(ms) {
      ahead += ms;
    },
    async close() {
      await Promise.all([service.stop(), peer.close(), pool.end()]);
      redis.disconnect();
      await test.drop();
      await sandbox.stop();
    },
  };
}
