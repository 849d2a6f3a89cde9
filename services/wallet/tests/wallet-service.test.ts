import { randomUUID } from 'node:crypto';
import {
  type BodyOf,
  consumerGroups,
  DefineWalletType,
  type Message,
  type MessageDefinition,
  OpenWallet,
  PostDeposit,
  PostTransfer,
  TransferDeclined,
  TransferPosted,
  WalletOpened,
  WalletRefused,
  WalletTypeDefined,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletService, readConfig } from '../src/service.js';

/** The service on real servers; the peer is the rest of the platform. */
let database: TestDatabase;
let service: Service;
let peer: Peer;
const retryDelays = ['100ms'];
const personal: BodyOf<DefineWalletType> = {
  code: 'personal-usd',
  name: 'Personal',
  currency: 'USD',
  overdraftLimit: 0,
  maxBalance: 1_000_000,
};

beforeAll(async () => {
  const topicPrefix = `w${randomUUID().slice(0, 8)}-`;
  database = await createTestDatabase('wallet');
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  service = createWalletService(
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
    }),
  );
  await service.start();
  const definitions = [
    WalletTypeDefined,
    WalletOpened,
    WalletRefused,
    TransferPosted,
    TransferDeclined,
  ] as MessageDefinition[];
  peer = await createPeer({
    topicPrefix,
    retryDelays,
    listen: [{ group: consumerGroups.edge, definitions }],
  });
  await peer.send(DefineWalletType, personal.code, personal);
  await heard(WalletTypeDefined, (type) => type.code === personal.code);
});
afterAll(async () => {
  await service?.stop();
  await peer?.close();
  await database?.drop();
});

function heard<T extends Message>(definition: MessageDefinition<T>, isIt: (value: T) => boolean): Promise<T> {
  return eventually(definition.name, async () => peer.heard(definition).find((m) => isIt(m.value))?.value);
}

async function openWallet(ownerId: string = randomUUID()): Promise<string> {
  const walletId = uuidv7();
  await peer.send(OpenWallet, walletId, { walletId, ownerId, walletType: personal.code, name: null });
  await heard(WalletOpened, (opened) => opened.walletId === walletId);
  return walletId;
}

async function deposit(walletId: string, amount: number): Promise<string> {
  const transactionId = uuidv7();
  const body = { transactionId, walletId, amount, feeAmount: 0, currency: 'USD', description: null };
  await peer.send(PostDeposit, walletId, body);
  return transactionId;
}

const transferBody = (from: string, to: string, amount: number): BodyOf<PostTransfer> => ({
  transactionId: uuidv7(),
  sourceWalletId: from,
  destinationWalletId: to,
  amount,
  feeAmount: 0,
  currency: 'USD',
  exchange: null,
  description: null,
});

describe('wallets', () => {
  test('open with the currency and limits of their type, and its name when they have none', async () => {
    const walletId = await openWallet();
    const opened = await heard(WalletOpened, (value) => value.walletId === walletId);
    expect(opened).toMatchObject({
      walletType: 'personal-usd',
      currency: 'USD',
      name: 'Personal',
      available: 0,
    });
    expect(opened.meta.aggregateVersion).toBe(1);
  });

  test('of an unknown type are refused, and a repeated command says nothing more', async () => {
    const walletId = uuidv7();
    const body = { walletId, ownerId: randomUUID(), walletType: 'golden', name: null };
    await peer.send(OpenWallet, walletId, body);
    expect((await heard(WalletRefused, (value) => value.walletId === walletId)).reason).toBe(
      'wallet-type-unknown',
    );

    const opened = { ...body, walletId: uuidv7(), walletType: personal.code };
    await peer.send(OpenWallet, opened.walletId, opened);
    await peer.send(OpenWallet, opened.walletId, opened);
    // A message of the same key that comes after both proves that both were handled.
    const transactionId = await deposit(opened.walletId, 1);
    await heard(TransferPosted, (value) => value.transactionId === transactionId);
    const said = peer.heard(WalletOpened).filter(({ value }) => value.walletId === opened.walletId);
    expect(said).toHaveLength(1);
  });
});

describe('money', () => {
  test('comes in, moves and is refused, with the balances after it in the events', async () => {
    const [a, b] = [await openWallet(), await openWallet()];
    const depositId = await deposit(a, 500);
    const posted = await heard(TransferPosted, (value) => value.transactionId === depositId);
    expect(posted.entries).toHaveLength(2);
    expect(posted.entries[1]).toMatchObject({
      walletId: a,
      sequence: 1,
      amount: 500,
      posted: 500,
      available: 500,
    });

    const paid = transferBody(a, b, 200);
    const unpaid = transferBody(a, b, 301);
    await peer.send(PostTransfer, a, paid);
    await peer.send(PostTransfer, a, unpaid);
    const moved = await heard(TransferPosted, (value) => value.transactionId === paid.transactionId);
    expect(moved.entries.map(({ walletId, amount, posted }) => ({ walletId, amount, posted }))).toEqual([
      { walletId: a, amount: -200, posted: 300 },
      { walletId: b, amount: 200, posted: 200 },
    ]);
    const declined = await heard(TransferDeclined, (value) => value.transactionId === unpaid.transactionId);
    expect(declined.reason).toBe('insufficient-funds');
  });

  test('does not move after the deadline of the request', async () => {
    const [a, b] = [await openWallet(), await openWallet()];
    await deposit(a, 500);
    const late = transferBody(a, b, 1);
    await peer.send(PostTransfer, a, late, { deadlineAt: Date.now() - 1 });
    const declined = await heard(TransferDeclined, (value) => value.transactionId === late.transactionId);
    expect(declined.reason).toBe('deadline-exceeded');
  });

  test('moves once when the same transaction comes under two message ids', async () => {
    const [a, b] = [await openWallet(), await openWallet()];
    await deposit(a, 500);
    const body = transferBody(a, b, 100);
    await peer.send(PostTransfer, a, body);
    await peer.send(PostTransfer, a, body);
    const last = transferBody(a, b, 1);
    await peer.send(PostTransfer, a, last);
    const after = await heard(TransferPosted, (value) => value.transactionId === last.transactionId);
    expect(after.entries[0]).toMatchObject({ walletId: a, posted: 399 });
  });

  test('on other terms under a known transaction id is a dead letter, and its neighbours move', async () => {
    const [a, b] = [await openWallet(), await openWallet()];
    await deposit(a, 500);
    const body = transferBody(a, b, 100);
    const neighbour = transferBody(a, b, 7);
    await peer.send(PostTransfer, a, body);
    await peer.send(PostTransfer, a, { ...body, amount: 99 });
    await peer.send(PostTransfer, a, neighbour);
    await heard(TransferPosted, (value) => value.transactionId === neighbour.transactionId);
    await eventually('dead letter', async () =>
      peer.deadLetters.find((letter) => letter.failure.errorCode === 'transaction-id-conflict'),
    );
  });
});

test('health and metrics are served', async () => {
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('messaging_handled_messages_total');
});
