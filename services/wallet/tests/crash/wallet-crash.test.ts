import { randomUUID } from 'node:crypto';
import {
  BulkPosted,
  consumerGroups,
  HoldCaptured,
  HoldDeclined,
  HoldExpired,
  HoldIncremented,
  HoldOperationDeclined,
  HoldPlaced,
  HoldVoided,
  type Message,
  type MessageDefinition,
  ReversalDeclined,
  TransferDeclined,
  TransferPosted,
  TransferReversed,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPeer, type Peer } from '../../../../test/env/peer.js';
import { type DeathPoint, ServiceProcess } from '../../../../test/env/service-process.js';
import { eventually } from '../../../../test/story/eventually.js';
import { sealDueEntries } from '../../src/jobs/seal-entries.js';
import { type AuditFixture, createAuditFixture, dayMs } from '../audit-fixture.js';
import { type Story, storyOf } from './stories.js';

/**
 * The wallet service is killed in the middle of its batches, again and again, while everything that moves money is under
 * way. Between deaths the next process takes over, as a supervisor starts it.
 */
const topicPrefix = `w${randomUUID().slice(0, 8)}-`;
const people = 12;
const opening = 1_000_000;
/**
 * Where each process dies, and the stories that are told while it lives. Each point is reached with what is there: a batch
 * has at most 500 messages, and the second process finds those of the first as well.
 */
const lives: readonly { readonly dieAt: DeathPoint; readonly stories: number }[] = [
  { dieAt: ['after:write-decisions-and-holds', 1], stories: 250 },
  { dieAt: ['after:insert-outbox', 2], stories: 250 },
  { dieAt: ['after:send', 2], stories: 200 },
  { dieAt: ['after:resolve-offset', 1], stories: 200 },
  { dieAt: ['after:claim-new', 1], stories: 200 },
];
const lastStories = 200;
const storiesAtOnce = 50;
const events = [
  TransferPosted,
  TransferDeclined,
  TransferReversed,
  ReversalDeclined,
  HoldPlaced,
  HoldDeclined,
  HoldIncremented,
  HoldCaptured,
  HoldVoided,
  HoldExpired,
  HoldOperationDeclined,
  BulkPosted,
] as readonly MessageDefinition[];

let audits: AuditFixture;
let peer: Peer;
let wallets: string[];
let life: ServiceProcess | undefined;

beforeAll(async () => {
  audits = await createAuditFixture();
  const { ledger } = audits;
  wallets = await Promise.all(Array.from({ length: people }, () => ledger.openWallet(opening)));
  peer = await createPeer({
    topicPrefix,
    retryDelays: ['100ms'],
    listen: [{ group: consumerGroups.edge, definitions: events }],
  });
}, 180_000);
afterAll(async () => {
  await life?.kill();
  await peer?.close();
  await audits?.close();
});

function start(dieAt?: DeathPoint): Promise<ServiceProcess> {
  return ServiceProcess.start(
    'wallet',
    {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: '100ms',
      WALLET_DATABASE_URL: audits.ledger.database.url,
      WALLET_HOLD_EXPIRY_INTERVAL_MS: '50',
      // They die in the middle of sealing and auditing as well.
      LEDGER_SEAL_INTERVAL_MS: '1000',
      LEDGER_AUDIT_INTERVAL_MS: '1000',
      ISSUER_URL: 'http://127.0.0.1:1',
    },
    { dieAt },
  );
}

async function tell(from: number, count: number): Promise<Story[]> {
  const stories = Array.from({ length: count }, (_, i) => storyOf(from + i, wallets));
  for (let i = 0; i < count; i += storiesAtOnce) {
    const some = stories.slice(i, i + storiesAtOnce);
    await peer.sendAll(some.flatMap(({ key, commands }) => commands.map((command) => ({ key, ...command }))));
  }
  return stories;
}

/** Answers by business key; those of the clock under one of their own. */
function answers(): Map<string, string[]> {
  const heard = new Map<string, string[]>();
  for (const definition of events) {
    for (const { value } of peer.heard(definition)) {
      const { bulkId, transactionId, holdId } = value as Message & Record<string, string>;
      const key = definition === HoldExpired ? `expiry ${holdId}` : (bulkId ?? transactionId ?? holdId)!;
      heard.set(key, [...(heard.get(key) ?? []), definition.name]);
    }
  }
  return heard;
}

/** How often each business key was asked for. */
function timesSent(stories: readonly Story[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { body } of stories.flatMap(({ commands }) => commands)) {
    const { bulkId, transactionId, holdId } = body as Record<string, string>;
    const key = (bulkId ?? transactionId ?? holdId)!;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}

test('killed in the middle of batches, time and again: every command is answered, each the same way, and the books are exact', async () => {
  const stories: Story[] = [];
  for (const { dieAt, stories: count } of lives) {
    life = await start(dieAt);
    const [told, signal] = await Promise.all([tell(stories.length, count), life.death(240_000)]);
    stories.push(...told);
    expect({ dieAt, signal }).toEqual({ dieAt, signal: 'SIGKILL' });
    // Else the next one would deliver the first records one at a time, to find one that kills: here batches are to die.
    await audits.ledger.owner.pool.query('DELETE FROM consumer_run');
  }
  life = await start();
  stories.push(...(await tell(stories.length, lastStories)));

  const expected = stories.flatMap((story) => story.answers);
  await eventually(
    'all answers',
    async () => {
      const heard = answers();
      return expected.every((key) => heard.has(key)) ? true : undefined;
    },
    180_000,
  );
  const placed = new Set(peer.heard(HoldPlaced).map(({ value }) => value.holdId));
  await eventually(
    'no hold to be open, and everything to be published',
    async () => {
      const { rows } = await audits.ledger.owner.pool.query(
        `SELECT (SELECT count(*)::int FROM holds WHERE status = 'open') + (SELECT count(*)::int FROM outbox) AS left`,
      );
      return rows[0].left === 0 ? true : undefined;
    },
    60_000,
  );
  await life.kill('SIGTERM');

  // A command that was sent twice may be answered twice, when its copy comes in a later batch; never in another way.
  const sent = timesSent(stories);
  const wrong = [...answers()].filter(
    ([key, names]) => new Set(names).size !== 1 || names.length > (sent.get(key) ?? 1),
  );
  expect(wrong).toEqual([]);
  expect(peer.deadLetters).toEqual([]);
  for (const { value } of peer.heard(HoldExpired)) expect(placed.has(value.holdId)).toBe(true);
  await expectExactBooks(stories);
}, 600_000);

async function expectExactBooks(stories: readonly Story[]): Promise<void> {
  const { ledger } = audits;
  const balances = new Map(wallets.map((id) => [id, opening]));
  for (const [id, amount] of stories.flatMap(({ moves }) => moves))
    balances.set(id, balances.get(id)! + amount);
  const { rows } = await ledger.owner.pool.query(
    `SELECT id, posted, held FROM wallets WHERE kind = 'customer' ORDER BY id`,
  );
  expect(rows).toEqual([...wallets].sort().map((id) => ({ id, posted: balances.get(id), held: 0 })));
  expect(await ledger.problems()).toEqual([]);
  // Whatever the dead have left half sealed is sealed to its end, and everything agrees with its seals.
  for (let run = 0; run < 2; run++) {
    audits.advance(2 * dayMs);
    await sealDueEntries(audits.context);
  }
  for (const kind of ['chain', 'books'] as const) {
    expect(await audits.run(kind)).toMatchObject({ status: 'passed', findings: [] });
  }
  const sealed = await ledger.owner.pool.query(
    `SELECT count(*)::int AS runs, (SELECT count(*)::int FROM wallets w WHERE w.sequence > 0 AND w.sequence <> (
              SELECT max(last_sequence) FROM entry_seals s WHERE s.wallet_id = w.id)) AS unsealed FROM seal_runs`,
  );
  expect(sealed.rows[0].runs).toBeGreaterThan(1);
  expect(sealed.rows[0].unsealed).toBe(0);
}
