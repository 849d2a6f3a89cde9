import {
  BulkPosted,
  CaptureHold,
  HoldCaptured,
  HoldDeclined,
  HoldPlaced,
  HoldVoided,
  type Message,
  type MessageDefinition,
  PlaceHold,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReversalDeclined,
  ReverseTransfer,
  TransferDeclined,
  TransferPosted,
  TransferReversed,
  VoidHold,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

const events = [
  TransferPosted,
  TransferDeclined,
  TransferReversed,
  ReversalDeclined,
  HoldPlaced,
  HoldDeclined,
  HoldCaptured,
  HoldVoided,
  BulkPosted,
] as MessageDefinition[];

let fixture: WalletFixture;
let [from, to] = ['', ''];
beforeAll(async () => {
  fixture = await createWalletFixture(events);
  from = await fixture.openWallet();
  to = await fixture.openWallet();
  await fixture.deposit(from, 10_000);
});
afterAll(() => fixture?.close());

const common = { currency: 'USD', description: null };
const transfer = (amount: number, feeAmount = 0) => ({
  ...common,
  transactionId: uuidv7(),
  sourceWalletId: from,
  destinationWalletId: to,
  amount,
  feeAmount,
  exchange: null,
});

/** The bodies of the events of a kind that a command has had so far; each command is told of by one of its ids. */
function answers<T extends Message>(definition: MessageDefinition<T>, id: string): object[] {
  return fixture.peer
    .heard(definition)
    .filter(({ value }) => Object.values(value).includes(id))
    .map(({ value: { meta: _, ...body } }) => body);
}

/** Sends a command, and the same again; both answers have to be alike. */
async function isAnsweredAlike<E extends Message>(
  send: () => Promise<unknown>,
  answer: MessageDefinition<E>,
  id: string,
): Promise<object> {
  await send();
  await eventually('the first answer', async () => answers(answer, id)[0]);
  await send();
  await eventually('the second answer', async () => answers(answer, id)[1]);
  const [first, second, ...more] = answers(answer, id);
  expect(second).toEqual(first);
  expect(more).toEqual([]);
  return first!;
}

test('a transfer and a deposit that are sent again are answered with the entries of the first time', async () => {
  const body = transfer(100, 3);
  const posted = await isAnsweredAlike(
    () => fixture.peer.send(PostTransfer, from, body),
    TransferPosted,
    body.transactionId,
  );
  expect(posted).toMatchObject({ entries: { length: 4 } });
  const deposit = { ...common, transactionId: uuidv7(), walletId: to, amount: 5, feeAmount: 0 };
  const send = () => fixture.peer.send(PostDeposit, to, deposit);
  expect(await isAnsweredAlike(send, TransferPosted, deposit.transactionId)).toMatchObject({
    entries: { length: 2 },
  });
});

test('a transfer that was declined stays declined for its reason, although there would be money now', async () => {
  const body = { ...transfer(50), sourceWalletId: await fixture.openWallet() };
  const send = () => fixture.peer.send(PostTransfer, from, body);
  await send();
  await eventually('the decline', async () => answers(TransferDeclined, body.transactionId)[0]);
  await fixture.deposit(body.sourceWalletId, 1_000);
  await send();
  await eventually('the second answer', async () => answers(TransferDeclined, body.transactionId)[1]);
  expect(answers(TransferDeclined, body.transactionId)).toEqual(
    Array(2).fill({ transactionId: body.transactionId, reason: 'insufficient-funds' }),
  );
  expect(answers(TransferPosted, body.transactionId)).toEqual([]);
});

test('a transfer that is asked about too late, and that nobody has posted, never will be', async () => {
  const body = transfer(10);
  await fixture.peer.send(PostTransfer, from, body, { deadlineAt: Date.now() - 1_000 });
  await eventually('the decline', async () => answers(TransferDeclined, body.transactionId)[0]);
  await fixture.peer.send(PostTransfer, from, body);
  await eventually(
    'the answer to the late one',
    async () => answers(TransferDeclined, body.transactionId)[1],
  );
  expect(answers(TransferPosted, body.transactionId)).toEqual([]);
});

test('a transfer that was posted is said to be, however late it is asked about', async () => {
  const body = transfer(10);
  await fixture.peer.send(PostTransfer, from, body);
  await eventually('the first answer', async () => answers(TransferPosted, body.transactionId)[0]);
  await fixture.peer.send(PostTransfer, from, body, { deadlineAt: Date.now() - 1_000 });
  await eventually('the second answer', async () => answers(TransferPosted, body.transactionId)[1]);
  expect(answers(TransferDeclined, body.transactionId)).toEqual([]);
});

test('reversals, holds and what becomes of them are answered alike', async () => {
  const original = transfer(40);
  await fixture.peer.send(PostTransfer, from, original);
  const reversal = {
    transactionId: uuidv7(),
    originalTransactionId: original.transactionId,
    amount: 15,
    description: null,
  };
  const reverse = () => fixture.peer.send(ReverseTransfer, from, reversal);
  expect(await isAnsweredAlike(reverse, TransferReversed, reversal.transactionId)).toMatchObject({
    remaining: 25,
  });
  const tooMuch = { ...reversal, transactionId: uuidv7(), amount: 26 };
  const reverseTooMuch = () => fixture.peer.send(ReverseTransfer, from, tooMuch);
  await isAnsweredAlike(reverseTooMuch, ReversalDeclined, tooMuch.transactionId);

  const hold = { ...common, holdId: uuidv7(), walletId: from, amount: 30, expiresAt: Date.now() + 600_000 };
  await isAnsweredAlike(() => fixture.peer.send(PlaceHold, from, hold), HoldPlaced, hold.holdId);
  const capture = {
    transactionId: uuidv7(),
    holdId: hold.holdId,
    amount: 20,
    feeAmount: 2,
    destinationWalletId: to,
    final: true,
    description: null,
  };
  const send = () => fixture.peer.send(CaptureHold, from, capture);
  expect(await isAnsweredAlike(send, HoldCaptured, capture.transactionId)).toMatchObject({
    amount: 20,
    released: 8,
    remaining: 0,
  });
  const other = { ...hold, holdId: uuidv7() };
  await fixture.peer.send(PlaceHold, from, other);
  const release = { transactionId: uuidv7(), holdId: other.holdId };
  const voidHold = () => fixture.peer.send(VoidHold, from, release);
  expect(await isAnsweredAlike(voidHold, HoldVoided, release.transactionId)).toMatchObject({ released: 30 });
  const huge = { ...hold, holdId: uuidv7(), amount: 1_000_000 };
  await isAnsweredAlike(() => fixture.peer.send(PlaceHold, from, huge), HoldDeclined, huge.holdId);
});

test('a bulk is answered with all of its items', async () => {
  const items = [transfer(1), transfer(1_000_000)];
  const bulk = { bulkId: uuidv7(), mode: 'independent', items };
  const send = () => fixture.peer.send(PostBulk, bulk.bulkId, bulk);
  const answer = await isAnsweredAlike(send, BulkPosted, bulk.bulkId);
  expect(answer).toMatchObject({ items: [{ status: 'posted' }, { status: 'declined' }] });
  expect(answers(TransferPosted, items[0]!.transactionId)).toHaveLength(2);
});
