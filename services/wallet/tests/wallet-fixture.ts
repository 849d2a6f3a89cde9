import { randomUUID } from 'node:crypto';
import {
  consumerGroups,
  DefineWalletType,
  type Message,
  type MessageDefinition,
  OpenWallet,
  PostDeposit,
  TransferPosted,
  WalletOpened,
  WalletTypeDefined,
} from '@florin/contracts';
import { createSandbox, loadConfig, type Sandbox } from '@florin/sandbox';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletService, readConfig } from '../src/service.js';

const retryDelays = ['100ms'];
export const walletType = 'personal-usd';

/** The wallet service on real servers with the sandbox as the issuer of cards; the peer is the rest of the platform. */
export interface WalletFixture {
  readonly peer: Peer;
  readonly pool: pg.Pool;
  readonly sandbox: Sandbox;
  readonly url: string;
  /** The first event of a kind that is the one looked for. */
  heard<T extends Message>(definition: MessageDefinition<T>, isIt: (value: T) => boolean): Promise<T>;
  openWallet(ownerId?: string): Promise<string>;
  deposit(walletId: string, amount: number): Promise<void>;
  setIssuerFault(mode: string, more?: object): Promise<void>;
  close(): Promise<void>;
}

export async function createWalletFixture(
  events: readonly MessageDefinition[],
  env: Record<string, string> = {},
): Promise<WalletFixture> {
  const topicPrefix = `w${randomUUID().slice(0, 8)}-`;
  const database = await createTestDatabase('wallet');
  const sandbox = createSandbox(
    loadConfig({ LOG_LEVEL: 'silent', SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0' }),
  );
  await sandbox.start();
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  const service = createWalletService(
    readConfig({
      KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL,
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: retryDelays.join(','),
      WALLET_PORT: '0',
      WALLET_DATABASE_URL: database.serviceUrl,
      ISSUER_URL: sandbox.url,
      ISSUER_TIMEOUT_MS: '300',
      ...env,
    }),
  );
  const basics = [WalletTypeDefined, WalletOpened, TransferPosted] as readonly MessageDefinition[];
  const definitions = [...new Set([...basics, ...events])];
  const listen = [{ group: consumerGroups.edge, definitions }];
  const [peer] = await Promise.all([createPeer({ topicPrefix, retryDelays, listen }), service.start()]);
  const pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'wallet-test' });

  const heard: WalletFixture['heard'] = (definition, isIt) =>
    eventually(definition.name, async () => peer.heard(definition).find((m) => isIt(m.value))?.value);
  const type = { code: walletType, name: 'Personal', currency: 'USD', overdraftLimit: 0, maxBalance: null };
  await peer.send(DefineWalletType, walletType, type);
  await heard(WalletTypeDefined, ({ code }) => code === walletType);

  return {
    peer,
    pool,
    sandbox,
    get url() {
      return service.url;
    },
    heard,
    async openWallet(ownerId = randomUUID()) {
      const walletId = uuidv7();
      await peer.send(OpenWallet, walletId, { walletId, ownerId, walletType, name: null });
      await heard(WalletOpened, (opened) => opened.walletId === walletId);
      return walletId;
    },
    async deposit(walletId, amount) {
      const transactionId = uuidv7();
      const body = { transactionId, walletId, amount, feeAmount: 0, currency: 'USD', description: null };
      await peer.send(PostDeposit, walletId, body);
      await heard(TransferPosted, (posted) => posted.transactionId === transactionId);
    },
    async setIssuerFault(mode, more = {}) {
      await fetch(`${sandbox.url}/faults/issuer`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode, ...more }),
      });
    },
    async close() {
      await Promise.all([service.stop(), peer.close(), pool.end()]);
      await sandbox.stop();
      await database.drop();
    },
  };
}
