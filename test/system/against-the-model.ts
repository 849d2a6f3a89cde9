import { isDeepStrictEqual } from 'node:util';
import type { AccountModel, Movement } from './account-model.js';
import type { KeyedCalls, Made } from './keyed-calls.js';

/** What the platform calls the accounts and the movements of the model, by their position, and who may see all of them. */
export interface Names {
  readonly walletIds: readonly string[];
  readonly transactionIds: readonly string[];
  readonly token: string;
}

const pageSize = 200;

/** @throws when the platform says something else of a movement than the model does */
export function expectSame(
  movement: Movement,
  { id, status, declineReason, amount, fee, exchange }: Made,
): void {
  const { kind, quote } = movement;
  const isDone = status === 'completed';
  const found = {
    status,
    declineReason,
    ...(isDone ? { amount, fee } : {}),
    // A reversal of an exchange is one, too; what it takes is compared as a line of the statement.
    ...(isDone && exchange && kind === 'transfer' ? { exchange: [exchange.amount, exchange.currency] } : {}),
  };
  const wanted = movement.status === 'completed';
  const expected = {
    status: movement.status,
    declineReason: movement.declineReason,
    ...(wanted ? { amount: movement.amount, fee: movement.fee } : {}),
    ...(wanted && quote ? { exchange: [quote.arrives, quote.to] } : {}),
  };
  if (!isDeepStrictEqual(found, expected)) {
    const facts = `${JSON.stringify(found)} where the model says ${JSON.stringify(movement)}`;
    throw new Error(`${kind} ${id} is ${facts}`);
  }
}

/** Everything that the platform shows of transactions, balances and statements has to be what the model has. */
export async function compareInTheEnd(model: AccountModel, calls: KeyedCalls, names: Names): Promise<void> {
  const { walletIds, transactionIds, token } = names;
  for (const [i, { status, reversed: reversedAmount }] of model.movements.entries()) {
    const path = `/v1/transactions/${transactionIds[i]}`;
    await calls.shows({ path, token }, { status, reversedAmount }, (body) => ({
      status: body.status,
      reversedAmount: body.reversedAmount,
    }));
  }
  for (const account of walletIds.keys()) await compareAccount(model, calls, names, account);
}

async function compareAccount(
  model: AccountModel,
  calls: KeyedCalls,
  names: Names,
  index: number,
): Promise<void> {
  await compareBalances(model, calls, names, index);
  const { walletIds, transactionIds, token } = names;
  const { posted, lines } = model.accounts[index]!;
  const path = `/v1/wallets/${walletIds[index]}`;
  const data = lines.slice(0, pageSize).map(({ transaction, ...line }) => ({
    transactionId: transactionIds[transaction],
    ...line,
  }));
  const request = { path: `${path}/statement?limit=${pageSize}`, token };
  await calls.shows(request, { closingBalance: posted, data }, (body) => ({
    closingBalance: body.closingBalance,
    data: (body.data as Record<string, unknown>[]).map(({ transactionId, amount, runningBalance }) => ({
      ...{ transactionId, amount, runningBalance },
    })),
  }));
}

/** A hold that is void is told of by the ledger, and its withdrawal by another service: either may be shown first. */
export async function compareBalances(
  model: AccountModel,
  calls: KeyedCalls,
  { walletIds, token }: Pick<Names, 'walletIds' | 'token'>,
  index: number,
): Promise<void> {
  const { posted, status } = model.accounts[index]!;
  const balances = { posted, held: 0, available: posted };
  const request = { path: `/v1/wallets/${walletIds[index]}`, token };
  await calls.shows(request, { status, balances }, (body) => ({
    status: body.status,
    balances: body.balances,
  }));
}
