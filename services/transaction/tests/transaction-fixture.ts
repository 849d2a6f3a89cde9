import { randomUUID } from 'node:crypto';
import {
  AllowBeneficiary,
  BeneficiaryAllowed,
  BeneficiaryRuleWithdrawn,
  type BodyOf,
  CaptureHold,
  consumerGroups,
  DefineTransactionType,
  FxQuoted,
  FxQuoteUsed,
  type Message,
  type MessageDefinition,
  PlaceHold,
  PostAdjustment,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReconciliationBreakChanged,
  ReverseTransfer,
  SettlementFileImported,
  SubmitDeposit,
  type SubmitReversal,
  type SubmitTransfer,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionStalled,
  TransactionTypeDefined,
  type TransferPosted,
  VoidHold,
} from '@florin/contracts';
import type { Clock } from '@florin/observability';
import type { Service } from '@florin/runtime';
import { createSandbox, loadConfig, type Sandbox } from '@florin/sandbox';
import { createSealedSecrets, localSealKey } from '@florin/sealed-secrets';
import { Redis } from 'ioredis';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionService, readConfig, type TransactionConfig } from '../src/service.js';

export interface Charge {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly refunds: readonly { amount: number }[];
}

/** The transaction service on real servers and the sandbox; the peer plays the edge and the wallet service. */
export interface TransactionFixture {
  readonly service: Service;
  readonly config: TransactionConfig;
  readonly peer: Peer;
  readonly pool: pg.Pool;
  defineType(code: string, more?: Partial<BodyOf<DefineTransactionType>>): Promise<void>;
  /** Defines the next version of a type. */
  redefineType(code: string, more: Partial<BodyOf<DefineTransactionType>>): Promise<void>;
  allow(transactionType: string, from: string, to: string): Promise<string>;
  heard<T extends Message>(definition: MessageDefinition<T>, isIt: (value: T) => boolean): Promise<T>;
  /** Submits a deposit with a sealed funding token; returns its transaction id. */
  deposit(fundingToken: string, amount: number): Promise<string>;
  /** Seals a funding token and returns its reference. */
  seal(fundingToken: string): Promise<string>;
  discard(fundingRef: string): Promise<void>;
  setFault(mode: 'ok' | 'error' | 'timeout' | 'slow' | 'reset', latencyMs?: number): Promise<void>;
  charges(transactionId: string): Promise<Charge[]>;
  close(): Promise<void>;
}

const ledgerCommands = [
  PostTransfer,
  PostDeposit,
  PlaceHold,
  CaptureHold,
  VoidHold,
  PostAdjustment,
  PostBulk,
  ReverseTransfer,
] as MessageDefinition[];
const retryDelays = ['100ms'];
const definitions = [
  BeneficiaryAllowed,
  BeneficiaryRuleWithdrawn,
  FxQuoted,
  FxQuoteUsed,
  ReconciliationBreakChanged,
  SettlementFileImported,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionStalled,
  TransactionTypeDefined,
] as MessageDefinition[];

export async function createTransactionFixture(
  options: { clock?: Clock; env?: Record<string, string> } = {},
): Promise<TransactionFixture> {
  const sandbox: Sandbox = createSandbox(
    loadConfig({ SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'silent' }),
  );
  await sandbox.start();
  const test = await createTestDatabase('transaction');
  const config = configFor(test.url, sandbox.url, options.env);
  const service = createTransactionService(config, options);
  const listen = [
    { group: consumerGroups.edge, definitions },
    { group: consumerGroups.wallet, definitions: ledgerCommands },
  ];
  const [peer] = await Promise.all([
    createPeer({ topicPrefix: config.TOPIC_PREFIX, retryDelays, clock: options.clock, listen }),
    service.start(),
  ]);
  const pool = new pg.Pool({ connectionString: test.url, max: 4, application_name: 'transaction-test' });
  const redis = new Redis(config.REDIS_URL);
  const secrets = createSealedSecrets({ redis, key: localSealKey });
  const heard: TransactionFixture['heard'] = (definition, isIt) =>
    eventually(definition.name, async () => peer.heard(definition).find((m) => isIt(m.value))?.value);

  return {
    service,
    config,
    peer,
    pool,
    heard,
    seal: (fundingToken) => secrets.seal(fundingToken, 600),
    discard: (fundingRef) => secrets.discard(fundingRef),
    async defineType(code, more = {}) {
      await peer.send(DefineTransactionType, code, { ...freeType, code, name: code, ...more });
      await heard(TransactionTypeDefined, (type) => type.code === code);
    },
    async redefineType(code, more) {
      const known = peer.heard(TransactionTypeDefined).filter(({ value }) => value.code === code).length;
      await peer.send(DefineTransactionType, code, { ...freeType, code, name: code, ...more });
      await heard(
        TransactionTypeDefined,
        (type) => type.code === code && type.meta.aggregateVersion === known + 1,
      );
    },
    async allow(transactionType, sourceWalletType, destinationWalletType) {
      const ruleId = uuidv7();
      const body = { ruleId, transactionType, sourceWalletType, destinationWalletType };
      await peer.send(AllowBeneficiary, ruleId, body);
      await heard(BeneficiaryAllowed, (rule) => rule.ruleId === ruleId);
      return ruleId;
    },
    async deposit(fundingToken, amount) {
      const body = depositBody(await secrets.seal(fundingToken, 600), amount);
      await peer.send(SubmitDeposit, body.walletId, body, { actor: 'customer:test' });
      return body.transactionId;
    },
    async setFault(mode, latencyMs) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ mode, latencyMs });
      await fetch(`${sandbox.url}/faults/psp`, { method: 'PUT', headers, body });
    },
    async charges(transactionId) {
      const answer = await fetch(`${sandbox.url}/psp/charges?reference=${transactionId}`);
      return (await answer.json()) as Charge[];
    },
    async close() {
      await Promise.all([service.stop(), peer.close(), pool.end()]);
      redis.disconnect();
      await test.drop();
      await sandbox.stop();
    },
  };
}

const freeType: BodyOf<DefineTransactionType> = {
  code: '',
  name: '',
  feeFlat: 0,
  feeBasisPoints: 0,
  limitPerTransaction: null,
  limitDailyAmount: null,
  limitDailyCount: null,
  walletTypeLimits: [],
};

function configFor(
  databaseUrl: string,
  sandboxUrl: string,
  env: Record<string, string> = {},
): TransactionConfig {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, TEST_LOG_LEVEL } = process.env;
  return readConfig({
    KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL,
    REDIS_URL,
    NODE_ENV: 'test',
    LOG_LEVEL: TEST_LOG_LEVEL ?? 'silent',
    TOPIC_PREFIX: `x${randomUUID().slice(0, 8)}-`,
    KAFKA_PARTITIONS: '2',
    RETRY_DELAYS: retryDelays.join(','),
    TRANSACTION_PORT: '0',
    TRANSACTION_DATABASE_URL: databaseUrl,
    PSP_URL: sandboxUrl,
    PSP_TIMEOUT_MS: '300',
    SETTLEMENT_FILES_INTERVAL_MS: '500',
    // Nothing is overdue unless a test says so.
    TRANSACTION_PATIENCE_MS: '3600000',
    ...env,
  });
}

export function transferBody(more: Partial<BodyOf<SubmitTransfer>> = {}): BodyOf<SubmitTransfer> {
  return {
    transactionId: uuidv7(),
    type: 'transfer',
    sourceWalletId: uuidv7(),
    sourceWalletType: 'personal-usd',
    sourceOwnerId: randomUUID(),
    sourceTimeZone: null,
    destinationWalletId: uuidv7(),
    destinationWalletType: 'business-usd',
    destinationOwnerId: randomUUID(),
    amount: 1_000,
    currency: 'USD',
    description: 'rent',
    quoteId: null,
    destinationCurrency: null,
    origin: null,
    ...more,
  };
}

/** The reversal of all that is left of a transfer, by whoever was paid. */
export function reversalBody(
  original: BodyOf<SubmitTransfer>,
  more: Partial<BodyOf<SubmitReversal>> = {},
): BodyOf<SubmitReversal> {
  return {
    transactionId: uuidv7(),
    originalTransactionId: original.transactionId,
    sourceWalletId: original.destinationWalletId,
    sourceOwnerId: original.destinationOwnerId,
    destinationWalletId: original.sourceWalletId,
    destinationOwnerId: original.sourceOwnerId,
    originalAmount: original.amount,
    amount: null,
    currency: original.currency,
    reason: 'a mistake',
    byOperator: false,
    originalCompleted: false,
    ...more,
  };
}

/** What the ledger says of a transfer, without its entries. */
export function postedBody(transactionId: string, postedAt = Date.now()): BodyOf<TransferPosted> {
  return { transactionId, currency: 'USD', postedAt, entries: [], exchange: null };
}

/** A deposit, or with the same words a withdrawal. */
export function depositBody(fundingRef: string, amount: number): BodyOf<SubmitDeposit> {
  return {
    transactionId: uuidv7(),
    walletId: uuidv7(),
    walletType: 'personal-usd',
    ownerId: randomUUID(),
    ownerTimeZone: null,
    amount,
    currency: 'USD',
    fundingRef,
  };
}
