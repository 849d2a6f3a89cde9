import type { AccountModel, TransferOrder } from './account-model.js';
import type { Step } from './programs.js';

export type StatusVerb = 'freeze' | 'unfreeze' | 'close';

/** The numbers of a step choose among what there is, and mostly what lets something happen. */
export function ownAccount({ accounts }: AccountModel, customer: number, choice: number): number {
  const own = [...accounts.keys()].filter((account) => accounts[account]!.owner === customer);
  return own[choice % own.length]!;
}

/** What is frozen is soon unfrozen, or little would happen in the end. */
export function accountTo({ accounts }: AccountModel, verb: StatusVerb, choice: number): number {
  const all = [...accounts.keys()];
  const frozen = all.filter((account) => accounts[account]!.status === 'frozen');
  const fitting = verb === 'unfreeze' && frozen.length > 0 ? frozen : all;
  return fitting[choice % fitting.length]!;
}

/** Mostly a transfer that has arrived. */
export function originalTo({ movements }: AccountModel, choice: number): number {
  const all = [...movements.keys()];
  const arrived = all.filter((index) => {
    const { kind, status } = movements[index]!;
    return kind === 'transfer' && status === 'completed';
  });
  const fitting = choice % 5 === 0 || arrived.length === 0 ? all : arrived;
  return fitting[choice % fitting.length]!;
}

/** From a wallet of the customer to another, mostly of its currency. */
export function orderOf(
  model: AccountModel,
  customer: number,
  choice: Pick<Step, 'from' | 'to' | 'type' | 'amount'>,
): TransferOrder {
  const { accounts } = model;
  const source = ownAccount(model, customer, choice.from);
  const others = [...accounts.keys()].filter((account) => account !== source);
  const fitting = others.filter((account) => accounts[account]!.currency === accounts[source]!.currency);
  const destinations = choice.to % 5 === 0 || fitting.length === 0 ? others : fitting;
  const destination = destinations[choice.to % destinations.length]!;
  return { type: choice.type, source, destination, amount: choice.amount };
}

/** From a wallet of the customer to one of another currency, if there is any. */
export function exchangeOf(
  model: AccountModel,
  customer: number,
  { from, to, amount }: Pick<Step, 'from' | 'to' | 'amount'>,
): TransferOrder {
  const { accounts } = model;
  const source = ownAccount(model, customer, from);
  const others = [...accounts.keys()].filter((account) => account !== source);
  const foreign = others.filter((account) => accounts[account]!.currency !== accounts[source]!.currency);
  const destinations = foreign.length === 0 ? others : foreign;
  return { type: 'exchange', source, destination: destinations[to % destinations.length]!, amount };
}
