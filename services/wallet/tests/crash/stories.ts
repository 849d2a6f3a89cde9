import {
  type BodyOf,
  CaptureHold,
  IncrementHold,
  type Message,
  type MessageDefinition,
  PlaceHold,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReverseTransfer,
  VoidHold,
} from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { anHourMs } from '../commands.js';

export interface Command {
  readonly definition: MessageDefinition;
  readonly body: object;
}

/** Commands of one key, in their order, with what becomes of them whoever dies in between. */
export interface Story {
  readonly key: string;
  readonly commands: readonly Command[];
  /** The business keys that have to be answered, as often as they were sent at most. */
  readonly answers: readonly string[];
  /** What it adds to `posted` of wallets. */
  readonly moves: readonly (readonly [walletId: string, amount: number])[];
}

const usd = { currency: 'USD', description: null };
/** Some of these are over before they are placed, others expire while the service is down. */
const shortHoldMs = 20_000;

export const storyKinds = 8;

/** The i-th story of a platform that does everything that the ledger can do. */
export function storyOf(i: number, wallets: readonly string[]): Story {
  const walletAt = (n: number): string => wallets[n % wallets.length]!;
  const [a, b] = [walletAt(i), walletAt(i + 1 + (i % (wallets.length - 1)))];
  return tellers[i % storyKinds]!({ a, b, others: [walletAt(i + 1), walletAt(i + 2), walletAt(i + 3)] });
}

interface Cast {
  readonly a: string;
  readonly b: string;
  readonly others: readonly string[];
}

function command<T extends Message>(definition: MessageDefinition<T>, body: BodyOf<T>): Command {
  return { definition: definition as MessageDefinition, body };
}

function payment(from: string, to: string, amount: number, feeAmount = 0) {
  const wallets = { sourceWalletId: from, destinationWalletId: to };
  return { transactionId: uuidv7(), ...wallets, amount, feeAmount, exchange: null, ...usd };
}

const tellers: readonly ((cast: Cast) => Story)[] = [
  ({ a, b }) => {
    const pay = payment(a, b, 3, 1);
    const twice = [command(PostTransfer, pay), command(PostTransfer, pay)];
    return {
      key: a,
      commands: twice,
      answers: [pay.transactionId],
      moves: [
        [a, -4],
        [b, 3],
      ],
    };
  },
  ({ a, b }) => {
    const pay = payment(a, b, 10);
    const transactionId = uuidv7();
    const back = { transactionId, originalTransactionId: pay.transactionId, amount: 4, description: null };
    const commands = [command(PostTransfer, pay), command(ReverseTransfer, back)];
    const answers = [pay.transactionId, transactionId];
    return {
      key: pay.transactionId,
      commands,
      answers,
      moves: [
        [a, -6],
        [b, 6],
      ],
    };
  },
  ({ a, b }) => {
    const hold = { holdId: uuidv7(), walletId: a, amount: 50, expiresAt: Date.now() + anHourMs, ...usd };
    const captures = [false, true].map((final) => ({
      transactionId: uuidv7(),
      holdId: hold.holdId,
      amount: 15,
      destinationWalletId: b,
      feeAmount: 0,
      final,
      description: null,
    }));
    return {
      key: hold.holdId,
      commands: [command(PlaceHold, hold), ...captures.map((capture) => command(CaptureHold, capture))],
      answers: [hold.holdId, ...captures.map(({ transactionId }) => transactionId)],
      moves: [
        [a, -30],
        [b, 30],
      ],
    };
  },
  ({ a }) => {
    const hold = { holdId: uuidv7(), walletId: a, amount: 30, expiresAt: Date.now() + anHourMs, ...usd };
    const { holdId } = hold;
    const [more, end] = [uuidv7(), uuidv7()];
    const commands = [
      command(PlaceHold, hold),
      command(IncrementHold, { transactionId: more, holdId, amount: 10, expiresAt: null }),
      command(VoidHold, { transactionId: end, holdId }),
    ];
    return { key: holdId, commands, answers: [holdId, more, end], moves: [] };
  },
  ({ a, others }) => {
    const items = others.flatMap((to) => [payment(a, to, 1), payment(a, to, 2)]);
    const bulkId = uuidv7();
    return {
      key: bulkId,
      commands: [command(PostBulk, { bulkId, mode: 'independent', items })],
      answers: [bulkId, ...items.map(({ transactionId }) => transactionId)],
      moves: [[a, -3 * others.length], ...others.map((to) => [to, 3] as const)],
    };
  },
  ({ a, b, others }) => {
    const items = [...others.map((to) => payment(a, to, 5)), payment(a, b, Number.MAX_SAFE_INTEGER)];
    const bulkId = uuidv7();
    const answers = [bulkId, ...items.map(({ transactionId }) => transactionId)];
    return {
      key: bulkId,
      commands: [command(PostBulk, { bulkId, mode: 'atomic', items })],
      answers,
      moves: [],
    };
  },
  ({ a }) => {
    const holdId = uuidv7();
    const hold = { holdId, walletId: a, amount: 7, expiresAt: Date.now() + shortHoldMs, ...usd };
    return { key: holdId, commands: [command(PlaceHold, hold)], answers: [holdId], moves: [] };
  },
  ({ a }) => {
    const money = { transactionId: uuidv7(), walletId: a, amount: 12, feeAmount: 0, ...usd };
    return {
      key: a,
      commands: [command(PostDeposit, money)],
      answers: [money.transactionId],
      moves: [[a, 12]],
    };
  },
];
