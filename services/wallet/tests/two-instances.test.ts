import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  CaptureHold,
  ChangeWalletStatus,
  consumerGroups,
  HoldCaptured,
  HoldPlaced,
  type MessageDefinition,
  PlaceHold,
  PostTransfer,
  TransferDeclined,
  TransferPosted,
  WalletStatusChanged,
} from '@florin/contracts';
import { freePorts } from '@florin/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { eventually } from '../../../test/story/eventually.js';
import { anHourMs } from './commands.js';
import { createLedgerFixture, type LedgerFixture } from './ledger-fixture.js';

/** Two wallet processes as in production: one consumer group, a partition each, one database. */
const topicPrefix = `w${randomUUID().slice(0, 8)}-`;
const retryDelays = ['100ms'];
const people = 10;
const rounds = 15;
let ledger: LedgerFixture;
let peer: Peer;
let ports: number[];
let processes: ChildProcess[];

beforeAll(async () => {
  ledger = await createLedgerFixture();
  ports = await freePorts(2);
  processes = ports.map((port) =>
    spawn(process.execPath, ['services/wallet/dist/main.js'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        TOPIC_PREFIX: topicPrefix,
        KAFKA_PARTITIONS: '2',
        RETRY_DELAYS: retryDelays.join(','),
        WALLET_PORT: String(port),
        WALLET_DATABASE_URL: ledger.database.url,
        WALLET_HOLD_EXPIRY_INTERVAL_MS: '50',
        ISSUER_URL: 'http://127.0.0.1:1',
      },
    }),
  );
  await Promise.all(
    ports.map((port) => eventually('ready', async () => (await health(port)) || undefined, 60_000)),
  );
  const events = [TransferPosted, TransferDeclined, HoldPlaced, HoldCaptured, WalletStatusChanged];
  peer = await createPeer({
    topicPrefix,
    retryDelays,
    listen: [{ group: consumerGroups.edge, definitions: events as MessageDefinition[] }],
  });
}, 180_000);
afterAll(async () => {
  for (const child of processes ?? []) child.kill('SIGKILL');
  await peer?.close();
  await ledger?.close();
});

async function health(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

async function handledBy(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => /^messaging_handled_messages_total\{.*"applied"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function sendTransfer(from: string, to: string): Promise<void> {
  await peer.send(PostTransfer, from, {
    transactionId: uuidv7(),
    sourceWalletId: from,
    destinationWalletId: to,
    amount: 3,
    feeAmount: 1,
    currency: 'USD',
    exchange: null,
    description: null,
  });
}

async function holdAndCapture(from: string, to: string): Promise<void> {
  const holdId = uuidv7();
  const usd = { currency: 'USD', description: null };
  await peer.send(PlaceHold, holdId, {
    holdId,
    walletId: from,
    amount: 5,
    expiresAt: Date.now() + anHourMs,
    ...usd,
  });
  await peer.send(CaptureHold, holdId, {
    transactionId: uuidv7(),
    holdId,
    amount: 4,
    destinationWalletId: to,
    feeAmount: 0,
    final: true,
    description: null,
  });
}

test('crossing transfers, holds and status changes over two processes: all is done, without a single deadlock', async () => {
  const wallets = await Promise.all(Array.from({ length: people }, () => ledger.openWallet(100_000)));
  const changes = rounds;
  for (let round = 0; round < rounds; round++) {
    const sends = wallets.flatMap((from, i) => {
      const to = wallets[(i + 1 + (round % (people - 1))) % people]!;
      return [sendTransfer(from, to), sendTransfer(to, from), holdAndCapture(from, to)];
    });
    const walletId = wallets[round % people]!;
    const status = 'active';
    await Promise.all([
      ...sends,
      peer.send(ChangeWalletStatus, walletId, { changeId: uuidv7(), walletId, status, reason: null }),
    ]);
  }
  const expected = [rounds * people * 2, rounds * people, changes];
  const heard = () => [
    peer.heard(TransferPosted).length,
    peer.heard(HoldCaptured).length,
    peer.heard(WalletStatusChanged).length,
  ];
  await eventually(
    'all outcomes',
    async () => (String(heard()) === String(expected) ? true : undefined),
    60_000,
  );
  for (const port of ports) expect(await handledBy(port)).toBeGreaterThan(rounds);

  // A backend reports its deadlocks at the latest when it ends.
  for (const child of processes) child.kill('SIGTERM');
  await Promise.all(processes.map((child) => once(child, 'exit')));
  const { rows } = await ledger.owner.pool.query(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);
  expect(await ledger.problems()).toEqual([]);
  expect(peer.deadLetters).toEqual([]);
}, 180_000);
