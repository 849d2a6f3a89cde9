import {
  type BodyOf,
  type Entry,
  type SubmitTransfer,
  TransactionCompleted,
  TransactionStalled,
  TransferPosted,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';
import { EventStreamClient } from './event-stream-client.js';

const feesAccount = '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a10';
const cashInAccount = '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a11';
let edge: EdgeFixture;
let [ada, grace]: Customer[] = [];
let [adas, graces]: string[] = [];
let made = 0;
let stream: EventStreamClient;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  [ada, grace] = await Promise.all([edge.newCustomer(), edge.newCustomer()]);
  adas = await edge.openWallet(ada!);
  graces = await edge.openWallet(grace!);
  edge.double.holdTransfers = true;
  stream = await EventStreamClient.connect(edge.url, { token: ada!.token });
});
afterAll(async () => {
  stream.disconnect();
  await edge.close();
});

/** A transfer of 10 that the double does not answer, while its call waits. */
async function waitingTransfer(
  headers: Record<string, string> = {},
): Promise<{ answer: Promise<Any>; command: SubmitTransfer }> {
  const known = edge.double.transfers.length;
  const answer = edge.transfer(ada!, adas!, graces!, 10, { headers });
  const command = await eventually('the command', async () => edge.double.transfers[known]);
  return { answer, command };
}

/** The next entries of both wallets as the ledger makes them: the fee of 2 has lines of its own. */
function moved(): Entry[] {
  const before = made++;
  const entry = (walletId: string, sequence: number, amount: number, posted: number): Entry => {
    const balances = { posted, held: 0, available: posted };
    return { entryId: uuidv7(), walletId, sequence, amount, heldChange: 0, ...balances };
  };
  return [
    entry(adas!, 2 * before + 1, -10, -12 * before - 10),
    entry(graces!, before + 1, 10, 10 * made),
    entry(adas!, 2 * before + 2, -2, -12 * made),
    entry(feesAccount, before + 1, 2, 2 * made),
  ];
}

function postedBody({ transactionId }: SubmitTransfer, entries: Entry[]): BodyOf<TransferPosted> {
  return { transactionId, currency: 'USD', postedAt: 2_000 + made, entries, exchange: null };
}

function completedBody(command: SubmitTransfer, entries: Entry[]): BodyOf<TransactionCompleted> {
  const { meta: _, ...facts } = command;
  const hop = { service: 'transaction', message: 'PostTransfer', messageId: uuidv7(), at: 1_500 };
  const times = { createdAt: 1_000, completedAt: 2_000 + made };
  return {
    ...facts,
    ...times,
    fee: 2,
    entries,
    hops: [{ ...hop, traceId: null }],
    exchange: null,
    origin: null,
  };
}

type Send = Parameters<Parameters<typeof edge.double.messaging.transaction>[0]>[0]['send'];
const send = (how: (send: Send) => void) =>
  edge.double.messaging.transaction(async (unit) => how((...args) => unit.send(...args)));

const timelineOf = (id: string) => edge.call('GET', `/v1/transactions/${id}/timeline`, { token: ada!.token });
const messagesOf = ({ body }: Any): string[] => body.hops.map((hop: { message: string }) => hop.message);
const whole = ['PostTransfer', 'SubmitTransfer', 'TransactionCompleted'];
const untilWhole = (id: string) =>
  eventually('the whole timeline', async () =>
    messagesOf(await timelineOf(id)).length === whole.length ? true : undefined,
  );
const balanceOf = async (owner: Customer, wallet: string) =>
  (await edge.call('GET', `/v1/wallets/${wallet}/balance`, { token: owner.token })).body.posted;

test('a transfer is completed when the ledger has posted it, and its timeline when the transaction service has said so', async () => {
  const { answer, command } = await waitingTransfer();
  const entries = moved();
  await send((unit) => unit(TransferPosted, command.transactionId, postedBody(command, entries)));
  const { status, body } = await answer;
  expect(status).toBe(201);
  const completedAt = new Date(2_000 + made).toISOString();
  expect(body).toMatchObject({ status: 'completed', amount: 10, fee: 2, completedAt });
  expect(await balanceOf(ada!, adas!)).toBe(-12);
  expect(await balanceOf(grace!, graces!)).toBe(10);
  expect(messagesOf(await timelineOf(body.id))).toEqual(['SubmitTransfer']);
  await send((unit) => unit(TransactionCompleted, body.id, completedBody(command, entries)));
  await untilWhole(body.id);
  expect(messagesOf(await timelineOf(body.id)).sort()).toEqual(whole);
  const read = await edge.call('GET', `/v1/transactions/${body.id}`, { token: grace!.token });
  expect(read.body).toEqual(body);
});

test('a call for the timeline of a transfer that has just been completed waits for the rest of it', async () => {
  // On a busy machine the rest may come after the patience of a call.
  const shown = await eventually('a call that was in time', async () => {
    const { answer, command } = await waitingTransfer();
    const entries = moved();
    const id = command.transactionId;
    const postedAt = Date.now();
    await send((unit) => unit(TransferPosted, id, { ...postedBody(command, entries), postedAt }));
    await answer;
    const timeline = timelineOf(id);
    // One that did not wait would be answered before these.
    for (let i = 0; i < 3; i++) await edge.call('GET', `/v1/transactions/${id}`, { token: ada!.token });
    await send((unit) => unit(TransactionCompleted, id, completedBody(command, entries)));
    const names = messagesOf(await timeline);
    return names.length === 3 ? names : undefined;
  });
  expect(shown.sort()).toEqual(whole);
});

test.each([
  ['in the order of their services', [TransferPosted, TransactionCompleted]],
  ['the other way round', [TransactionCompleted, TransferPosted]],
])('both messages in one batch, %s, complete a transfer once', async (_order, order) => {
  const { answer, command } = await waitingTransfer();
  const entries = moved();
  const id = command.transactionId;
  await send((unit) => {
    for (const definition of order) {
      if (definition === TransferPosted) unit(TransferPosted, id, postedBody(command, entries));
      else unit(TransactionCompleted, id, completedBody(command, entries));
    }
  });
  expect((await answer).body).toMatchObject({ status: 'completed', fee: 2 });
  await untilWhole(id);
  expect(messagesOf(await timelineOf(id)).sort()).toEqual(whole);
  expect(await balanceOf(ada!, adas!)).toBe(-12 * made);
  const { rows } = await edge.pool.query('SELECT FROM entries WHERE transaction_id = $1', [id]);
  expect(rows).toHaveLength(3);
});

test('of a transfer between currencies it says what has arrived', async () => {
  const { answer, command } = await waitingTransfer();
  const exchange = { currency: 'EUR', amount: 9, rate: '0.9' };
  await send((unit) =>
    unit(TransferPosted, command.transactionId, { ...postedBody(command, moved()), exchange }),
  );
  expect((await answer).body).toMatchObject({ status: 'completed', fee: 2, exchange });
});

test('money from outside has not arrived before the transaction service says so', async () => {
  const { answer, command } = await waitingTransfer();
  const [debit, credit] = moved();
  const fromOutside = [{ ...debit!, walletId: cashInAccount }, credit!];
  const id = command.transactionId;
  await send((unit) => unit(TransferPosted, id, postedBody(command, fromOutside)));
  await edge.untilProjected();
  const read = await edge.call('GET', `/v1/transactions/${id}`, { token: ada!.token });
  expect(read.body.status).toBe('pending');
  await send((unit) => unit(TransactionCompleted, id, completedBody(command, fromOutside)));
  expect((await answer).body.status).toBe('completed');
});

test('a rebuild of the read models in between keeps it completed', async () => {
  const { answer, command } = await waitingTransfer();
  const entries = moved();
  const id = command.transactionId;
  await send((unit) => unit(TransferPosted, id, postedBody(command, entries)));
  const { body } = await answer;
  const ended = await edge.rebuild({ projections: ['transactions'] });
  expect([ended.detail, ended.rowsCarriedOver]).toEqual(['completed', 0]);
  const read = () => edge.call('GET', `/v1/transactions/${id}`, { token: ada!.token });
  expect((await read()).body).toEqual(body);
  await send((unit) => unit(TransactionCompleted, id, completedBody(command, entries)));
  await untilWhole(id);
  expect((await read()).body).toEqual(body);
});

test('the transaction service says late that it is completed: it is among the overdue ones until then', async () => {
  const { answer, command } = await waitingTransfer();
  const entries = moved();
  const id = command.transactionId;
  await send((unit) => unit(TransferPosted, id, postedBody(command, entries)));
  await answer;
  const overdue = { transactionId: id, waitingFor: 'ledger', since: 1_000, attempts: 1, hops: [] };
  await send((unit) => unit(TransactionStalled, id, overdue));
  const list = async () => {
    const { body } = await edge.call('GET', '/ops/v1/stalled-transactions', { token: admin });
    return body.data.map((one: Any) => one.id);
  };
  await eventually('it to be listed', async () => ((await list()).includes(id) ? true : undefined));
  expect(messagesOf(await timelineOf(id))).toContain('TransactionStalled');
  await send((unit) => unit(TransactionCompleted, id, completedBody(command, entries)));
  await eventually('it to be gone', async () => ((await list()).includes(id) ? undefined : true));
});

test('streams are told of each of them once', async () => {
  // Behind everything before it.
  const last = await waitingTransfer();
  const entries = moved();
  await send((unit) => {
    unit(TransferPosted, last.command.transactionId, postedBody(last.command, entries));
    unit(TransactionCompleted, last.command.transactionId, completedBody(last.command, entries));
  });
  await last.answer;
  await edge.untilProjected();
  const { rows } = await edge.pool.query(`SELECT id FROM transactions WHERE status = 'completed'`);
  const told = await eventually('all events', async () => {
    const events = stream.ofType('transaction.completed');
    return events.length >= rows.length ? events : undefined;
  });
  expect(told).toHaveLength(rows.length);
  expect(new Set(told.map((event: Any) => event.subject)).size).toBe(rows.length);
});

test('money from outside that a rebuild has completed before its message came is in the statement', async () => {
  const { answer, command } = await waitingTransfer({ prefer: 'respond-async' });
  await answer;
  const id = command.transactionId;
  await edge.pool.query(`UPDATE transactions SET status = 'completed', completed_at = now() WHERE id = $1`, [
    id,
  ]);
  const [debit, credit] = moved();
  const fromOutside = [{ ...debit!, walletId: cashInAccount }, credit!];
  await send((unit) => unit(TransactionCompleted, id, completedBody(command, fromOutside)));
  await edge.untilProjected();
  expect(await balanceOf(grace!, graces!)).toBe(10 * made);
  expect(messagesOf(await timelineOf(id)).sort()).toEqual(whole);
});
