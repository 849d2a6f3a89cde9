import {
  ApplicationProgressed,
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  BeneficiaryAllowed,
  BeneficiaryRuleWithdrawn,
  type BodyOf,
  CardIssued,
  CardRefused,
  CardStatusChanged,
  CardStatusChangeRefused,
  type Entry,
  FxQuoted,
  FxQuoteRefused,
  FxQuoteUsed,
  FxRateDefined,
  HoldCaptured,
  HoldExpired,
  HoldIncremented,
  HoldPlaced,
  HoldVoided,
  type Message,
  type MessageDefinition,
  NotificationCreated,
  NotificationDelivered,
  ReconciliationBreakChanged,
  ScheduledTransferProgressed,
  SettlementFileImported,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionReversed,
  TransactionStalled,
  TransactionTypeDefined,
  TransferPosted,
  TransferQuoted,
  TransferReversed,
  WalletOpened,
  WalletRefused,
  WalletStatusChanged,
  WalletStatusChangeRefused,
  WalletTypeDefined,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { projections } from '../src/consumers/index.js';
import { admin, EdgeFixture } from './edge-fixture.js';
import { EventStreamClient } from './event-stream-client.js';

let edge: EdgeFixture;
beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(() => edge.close());

interface Sent {
  readonly definition: MessageDefinition;
  readonly key: string;
  readonly body: BodyOf<Message>;
  readonly aggregateVersion: number;
}

const idNames = [
  'owner',
  'wallet',
  'refusedWallet',
  'card',
  'refusedCard',
  'rule',
  'paid',
  'declined',
  'failed',
  'schedule',
  'rate',
  'laterRate',
  'quote',
  'refusedQuote',
] as const;
const moreNames = [
  'application',
  'notification',
  'hold',
  'reversal',
  'change',
  'correlation',
  'file',
  'difference',
] as const;
type Ids = Record<(typeof idNames)[number] | (typeof moreNames)[number], string>;
const newIds = (): Ids =>
  Object.fromEntries([...idNames, ...moreNames].map((name) => [name, uuidv7()])) as Ids;

/** Everything that can happen to one customer's objects, in the order in which it happened. */
function history(ids: Ids): Sent[] {
  const sent: Sent[] = [];
  const add = <T extends Message>(
    definition: MessageDefinition<T>,
    key: string,
    body: BodyOf<T>,
    aggregateVersion = 0,
  ): void => {
    sent.push({ definition, key, body, aggregateVersion } as unknown as Sent);
  };
  const { owner: ownerId, wallet: walletId, card: cardId } = ids;
  let sequence = 0;
  const entries = (amount: number, heldChange: number, posted: number, held: number): Entry[] => {
    const balances = { posted, held, available: posted - held };
    return [{ entryId: uuidv7(), walletId, sequence: ++sequence, amount, heldChange, ...balances }];
  };
  const code = `t-${ids.owner}`;
  const type = { code, name: 'First', currency: 'USD', overdraftLimit: 0, maxBalance: null };
  add(WalletTypeDefined, code, type, 1);
  add(WalletTypeDefined, code, { ...type, name: 'Second', maxBalance: 9 }, 2);
  const fees = {
    feeFlat: 0,
    feeBasisPoints: 0,
    limitPerTransaction: null,
    limitDailyAmount: null,
    walletTypeLimits: [],
  };
  add(TransactionTypeDefined, code, { code, name: 'First', ...fees, limitDailyCount: null }, 1);
  add(TransactionTypeDefined, code, { code, name: 'Second', ...fees, feeFlat: 3, limitDailyCount: 4 }, 2);
  const rule = {
    ruleId: ids.rule,
    transactionType: code,
    sourceWalletType: code,
    destinationWalletType: code,
  };
  add(BeneficiaryAllowed, ids.rule, rule, 1);
  add(BeneficiaryRuleWithdrawn, ids.rule, { ruleId: ids.rule }, 2);
  const wallet = { walletId, ownerId, walletType: code, currency: 'USD', name: 'Mine' };
  add(WalletOpened, walletId, { ...wallet, posted: 0, held: 0, available: 0 }, 1);
  const refusal = { ownerId, reason: 'no' };
  add(WalletRefused, ids.refusedWallet, { walletId: ids.refusedWallet, ...refusal }, 1);
  const outcome = {
    type: 'transfer',
    sourceWalletId: null,
    sourceOwnerId: null,
    destinationWalletId: walletId,
    destinationOwnerId: ownerId,
    amount: 10,
    fee: 0,
    currency: 'USD',
    description: null,
    createdAt: 1_000,
    completedAt: 2_000,
    origin: null,
    hops: [],
  };
  const moved = entries(10, 0, 10, 0);
  // Who pays is somebody else.
  const debit = { ...moved[0]!, entryId: uuidv7(), walletId: uuidv7(), amount: -10, posted: 0, available: 0 };
  const posting = { transactionId: ids.paid, currency: `s${code}`, postedAt: 2_000 };
  add(TransferPosted, ids.paid, { ...posting, entries: [debit, ...moved], exchange: null });
  add(TransactionCompleted, ids.paid, {
    transactionId: ids.paid,
    ...outcome,
    entries: moved,
    exchange: { currency: 'EUR', amount: 9, rate: '0.9' },
  });
  add(TransactionDeclined, ids.declined, { transactionId: ids.declined, ...outcome, declineReason: 'no' });
  add(TransferQuoted, ids.failed, { quoteId: ids.failed, fee: 1, declineReason: null, exchange: null });
  const stall = { transactionId: ids.failed, waitingFor: 'ledger', attempts: 1, since: 1_500, hops: [] };
  add(TransactionStalled, ids.failed, stall);
  add(TransactionFailed, ids.failed, { transactionId: ids.failed, ...outcome, failureReason: 'late' });
  const file = { settlementDate: '2026-11-20', status: 'imported', reason: null, importedBy: null };
  const counts = { lineCount: 1, matchedCount: 0, breakCount: 1, importedAt: 2_000 };
  add(
    SettlementFileImported,
    ids.file,
    { settlementFileId: ids.file, externalId: code, ...file, ...counts },
    1,
  );
  const difference = {
    breakId: ids.difference,
    settlementFileId: ids.file,
    lineNumber: 2,
    kind: 'missing-at-us',
    paymentKind: 'charge',
    paymentId: 'p',
    reference: code,
    transactionId: null,
    currency: 'USD',
    providerAmount: 5,
    ourAmount: null,
    providerStatus: 'succeeded',
    ourStatus: null,
    adjustment: null,
    adjustmentTransactionId: null,
    refusalReason: null,
    approvedBy: null,
    foundAt: 2_000,
  };
  const open = { status: 'open', resolution: null, reason: null, proposedBy: null, resolvedAt: null };
  add(ReconciliationBreakChanged, ids.difference, { ...difference, ...open }, 1);
  const accepted = { resolution: 'accepted', reason: 'known', proposedBy: 'key:a', resolvedAt: 3_000 };
  const renewed = { ...difference, kind: 'amount-differs', lineNumber: 3, providerAmount: 6 };
  add(ReconciliationBreakChanged, ids.difference, { ...renewed, ...open }, 2);
  add(ReconciliationBreakChanged, ids.difference, { ...renewed, ...accepted, status: 'resolved' }, 3);
  const { hold: holdId } = ids;
  const common = { holdId, currency: 'USD', postedAt: 3_000 };
  const withTransaction = { ...common, transactionId: ids.reversal };
  add(HoldPlaced, holdId, {
    ...common,
    walletId,
    amount: 4,
    expiresAt: 9_000,
    entries: entries(0, 4, 10, 4),
  });
  const more = { amount: 2, remaining: 6, expiresAt: 9_000, entries: entries(0, 2, 10, 6) };
  add(HoldIncremented, holdId, { ...withTransaction, ...more });
  const captured = { amount: 1, released: 0, remaining: 5, entries: entries(-1, -1, 9, 5) };
  add(HoldCaptured, holdId, { ...withTransaction, ...captured });
  add(HoldVoided, holdId, { ...withTransaction, released: 2, entries: entries(0, -2, 9, 3) });
  add(HoldExpired, holdId, { ...common, released: 3, entries: entries(0, -3, 9, 0) });
  const reversed = { originalTransactionId: ids.paid, amount: 5, remaining: 5, exchange: null };
  const { holdId: _, ...reversal } = withTransaction;
  add(TransferReversed, ids.reversal, { ...reversal, ...reversed, entries: entries(-5, 0, 4, 0) });
  const given = {
    transactionId: ids.paid,
    amount: 10,
    currency: 'USD',
    sourceOwnerId: null,
    destinationOwnerId: ownerId,
  };
  add(TransactionReversed, ids.paid, { ...given, reversedAmount: 5 }, 3);
  add(TransactionReversed, ids.paid, { ...given, reversedAmount: 10 }, 4);
  const pair = { sourceCurrency: `s${code}`, destinationCurrency: 'EUR' };
  const rate = { ...pair, rate: '0.9', marginBasisPoints: 5, expiresAt: null };
  // The later one has overtaken the other and stays in force.
  add(FxRateDefined, code, { fxRateId: ids.laterRate, ...rate, definedAt: 2_000 }, 1);
  add(FxRateDefined, code, { fxRateId: ids.rate, ...rate, definedAt: 1_000 }, 2);
  const asked = { ownerId, ...pair, amount: 10 };
  const promised = { rate: '0.9', destinationAmount: 9, expiresAt: 9_000 };
  add(FxQuoted, ids.quote, { quoteId: ids.quote, ...asked, ...promised }, 1);
  const used = { quoteId: ids.quote, ...asked, ...promised, transactionId: ids.paid };
  add(FxQuoteUsed, ids.paid, used);
  add(FxQuoteRefused, ids.refusedQuote, { quoteId: ids.refusedQuote, ...asked, reason: 'no' }, 1);
  const schedule = {
    scheduledTransferId: ids.schedule,
    ...{
      ownerId,
      type: 'transfer',
      amount: 5,
      currency: 'USD',
      description: null,
      runAt: null,
      endsAt: null,
    },
    ...{
      sourceWalletId: walletId,
      sourceWalletType: code,
      sourceTimeZone: null,
      cron: '0 9 * * *',
      timeZone: 'UTC',
    },
    ...{ destinationWalletId: ids.card, destinationWalletType: code, destinationOwnerId: ownerId },
    ...{ missedRunPolicy: 'skip', createdAt: 1_000, endReason: null },
  };
  const occurrence = { occursAt: 2_000, outcome: 'submitted', transactionId: ids.paid };
  const going = { ...schedule, status: 'active' };
  add(ScheduledTransferProgressed, ids.schedule, { ...going, nextRunAt: 2_000, occurrences: [] }, 1);
  add(
    ScheduledTransferProgressed,
    ids.schedule,
    { ...going, nextRunAt: 3_000, occurrences: [occurrence] },
    2,
  );
  const over = {
    ...schedule,
    status: 'cancelled',
    endReason: 'by-customer',
    nextRunAt: null,
    occurrences: [],
  };
  add(ScheduledTransferProgressed, ids.schedule, over, 3);
  const change = { changeId: ids.change, reason: null };
  add(WalletStatusChanged, walletId, { ...change, walletId, ownerId, status: 'frozen' }, 2);
  add(WalletStatusChanged, walletId, { ...change, walletId, ownerId, status: 'active' }, 3);
  add(WalletStatusChangeRefused, walletId, { ...change, walletId, status: 'closed', reason: 'not-empty' }, 3);
  const face = { cardToken: `crd_${cardId}`, last4: '4242', expiryMonth: 12, expiryYear: 2030 };
  const account = { branch: '0001', accountNumber: '12345678' };
  add(CardIssued, cardId, { cardId, walletId, ownerId, ...face, ...account }, 1);
  add(CardRefused, ids.refusedCard, { cardId: ids.refusedCard, walletId, ...refusal }, 1);
  const ofCard = { changeId: null, cardId, walletId, ownerId, changedBy: 'x', reason: null };
  add(CardStatusChanged, cardId, { ...ofCard, status: 'frozen' }, 2);
  add(CardStatusChanged, cardId, { ...ofCard, status: 'cancelled' }, 3);
  add(CardStatusChangeRefused, cardId, { ...change, cardId, status: 'active', reason: 'cancelled' }, 3);
  const definition = { code, name: 'Loan', schema: '{}', workflow: '{}' };
  add(ApplicationTypeDefined, code, { ...definition, version: 1 }, 1);
  add(ApplicationTypeDefined, code, { ...definition, version: 2, name: 'Better loan' }, 2);
  add(ApplicationTypeRefused, code, { code, name: 'Worse loan', reason: 'no' }, 2);
  const { application: applicationId } = ids;
  const application = {
    applicationId,
    applicantId: ownerId,
    type: code,
    version: 2,
    steps: [],
    createdAt: 1_000,
  };
  const undecided = { decisionOutcome: null, decisionReason: null, decidedBy: null };
  add(ApplicationProgressed, applicationId, { ...application, ...undecided, status: 'in_progress' }, 1);
  const decided = { decisionOutcome: 'approved', decisionReason: 'fine', decidedBy: 'x' };
  add(ApplicationProgressed, applicationId, { ...application, ...decided, status: 'approved' }, 2);
  const { notification: notificationId } = ids;
  const ofNotification = { notificationId, customerId: ownerId, channel: 'email' };
  add(NotificationCreated, notificationId, { ...ofNotification, template: 'welcome', subject: 'Hello' });
  add(NotificationDelivered, notificationId, ofNotification);
  return sent;
}

/** Each event is a message of its own, with another id every time. */
async function send(events: readonly Sent[]): Promise<void> {
  await edge.double.messaging.transaction(async (unit) => {
    for (const { definition, key, body, aggregateVersion } of events) {
      unit.send(definition, key, body, { aggregateVersion });
    }
  });
}

/** What comes too early fails, alone in the end: a batch of them is halved again and again, which takes its time. */
const patienceMs = 120_000;

/** Waits until all messages have been applied, those on the retry topics as well. */
async function settled(): Promise<void> {
  await eventually(
    'all events to be projected',
    async () => {
      const { rows } = await edge.double.pool.query('SELECT count(*)::int AS waiting FROM outbox');
      const { body } = await edge.call('GET', '/ops/v1/consumer-groups', { token: admin });
      const groups = body.data.filter(({ group }: { group: string }) => /^edge(\.retry)?$/.test(group));
      const lag = groups.flatMap((group: { lag: { lag: number }[] }) => group.lag.map((one) => one.lag));
      return rows[0].waiting === 0 && lag.every((one: number) => one === 0) ? true : undefined;
    },
    patienceMs,
  );
}

const tables: Readonly<Record<string, string>> = {
  wallet_types: 'code = $1',
  transaction_types: 'code = $1',
  application_types: 'code = $1',
  transaction_rules: 'transaction_type = $1',
  wallets: 'wallet_type = $1',
  cards: 'owner_id::text = substr($1, 3)',
  transactions: 'destination_owner_id::text = substr($1, 3)',
  fx_rates: `source_currency = 's' || $1`,
  fx_quotes: `source_currency = 's' || $1`,
  scheduled_transfers: 'source_wallet_id IN (SELECT id FROM wallets WHERE wallet_type = $1)',
  scheduled_occurrences: `scheduled_transfer_id IN (SELECT id FROM scheduled_transfers WHERE owner_id::text = substr($1, 3))`,
  applications: 'type = $1',
  notifications: 'customer_id::text = substr($1, 3)',
  settlement_files: 'external_id = $1',
  reconciliation_breaks: 'reference = $1',
  entries: `wallet_id IN (SELECT id FROM wallets WHERE wallet_type = $1)`,
};

/** All read models of a history, with the names of its ids instead of the ids. */
async function readModels(ids: Ids, omitted: readonly string[] = []): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [table, condition] of Object.entries(tables)) {
    const { rows } = await edge.pool.query(`SELECT * FROM ${table} WHERE ${condition}`, [`t-${ids.owner}`]);
    if (rows.length === 0) throw new Error(`${table} is empty`);
    found[table] = rows
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !omitted.includes(name))))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  const named = Object.entries(ids).reduce(
    (text, [name, id]) => text.replaceAll(id, `<${name}>`),
    JSON.stringify(found),
  );
  return JSON.parse(named);
}

/** What listeners are told of a history, recorded with the projections. */
async function clientEventsOf(ids: Ids): Promise<readonly { sequence: string; type: string }[]> {
  const text = 'SELECT sequence, type FROM client_events WHERE subject_id = ANY($1) ORDER BY sequence';
  return (await edge.pool.query(text, [Object.values(ids)])).rows;
}

test('the history holds every event that is projected', () => {
  const handlers = projections({} as Parameters<typeof projections>[0]);
  const sent = new Set(history(newIds()).map(({ definition }) => definition.name));
  // About instances, replays and erasures, which have tests of their own.
  const others = new Set(['ServiceReported', 'DeadLetterReplayed', 'CustomerErased']);
  const missing = handlers
    .map(({ definition }) => definition.name)
    .filter((name) => !sent.has(name) && ![...others].some((other) => name.endsWith(other)));
  expect(missing).toEqual([]);
});

test('events that come again, in any order, change nothing and are told to nobody', async () => {
  const stream = await EventStreamClient.connect(edge.url, { token: admin });
  const ids = newIds();
  const events = history(ids);
  await send(events);
  await settled();
  const before = await readModels(ids);
  expect(before.fx_rates).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: '<laterRate>', status: 'active' }),
      expect.objectContaining({ id: '<rate>', status: 'superseded' }),
    ]),
  );
  expect(before.fx_quotes).toContainEqual(
    expect.objectContaining({ id: '<quote>', status: 'quoted', transaction_id: '<paid>' }),
  );
  await eventually('the last event', async () => stream.ofType('notification.delivered')[0]);
  const told = stream.events.length;
  // Not every event names its owner.
  const recorded = await clientEventsOf(ids);
  expect(recorded.map(({ type }) => type)).toContain('scheduled-transfer.progressed');
  await send([...events, ...events]);
  await send([...events].reverse());
  await settled();
  expect(await readModels(ids)).toEqual(before);
  expect(await clientEventsOf(ids)).toEqual(recorded);
  const last = newIds();
  await send(history(last));
  await eventually('events behind them', async () => stream.ofType('notification.delivered')[1]);
  const later = stream.events.slice(told);
  expect(later.filter((event) => JSON.stringify(event).includes(ids.owner))).toEqual([]);
  stream.disconnect();
}, 300_000);

test('events in reversed order, and all of them twice, end in the same state', async () => {
  const [straight, reversed] = [newIds(), newIds()];
  await send(history(straight));
  const events = history(reversed).reverse();
  await send(events.flatMap((event) => [event, event]));
  await settled();
  // When an object was first heard of, and the ids of entries and messages, are not the same in two histories.
  const omitted = ['created_at', 'entry_id', 'delivered_at', 'hops'];
  await eventually(
    'the retries of what came too early',
    async () => {
      const [a, b] = [await readModels(straight, omitted), await readModels(reversed, omitted)];
      return JSON.stringify(a) === JSON.stringify(b) ? true : undefined;
    },
    patienceMs,
  ).catch(() => undefined);
  expect(await readModels(reversed, omitted)).toEqual(await readModels(straight, omitted));
  const { rows } = await edge.pool.query(
    `SELECT message_name, error_code FROM dead_letters WHERE consumer_group = 'edge'`,
  );
  expect(rows).toEqual([]);
}, 300_000);

test('a difference with the provider that is one of another kind by now is shown as that', async () => {
  const ids = newIds();
  const versions = history(ids).filter(({ definition }) => definition === ReconciliationBreakChanged);
  const kinds: string[] = [];
  for (const version of versions) {
    await send([version]);
    await settled();
    const text = 'SELECT kind FROM reconciliation_breaks WHERE id = $1';
    kinds.push((await edge.pool.query<{ kind: string }>(text, [ids.difference])).rows[0]!.kind);
  }
  expect(kinds).toEqual(['missing-at-us', 'amount-differs', 'amount-differs']);
});
