import { randomUUID } from 'node:crypto';
import { AccountModel, type Movement, type TransferOrder } from './account-model.js';
import { compareBalances, compareInTheEnd, expectSame } from './against-the-model.js';
import { accountTo, exchangeOf, orderOf, originalTo, ownAccount, type StatusVerb } from './choices.js';
import { ExchangeRun } from './exchange-run.js';
import { type Body, KeyedCalls, type Made, type Request } from './keyed-calls.js';
import type { Quote } from './model-quotes.js';
import type { Terms } from './model-terms.js';
import type { Step } from './programs.js';
import { scheduledTransfer } from './schedule-run.js';
import type { RunningPlatform } from './test-platform.js';

export interface Participants {
  readonly platform: RunningPlatform;
  /** Access tokens of two customers. */
  readonly customers: readonly string[];
  readonly types: ReadonlyMap<string, Terms>;
  /** What a type of the model is called on the platform. */
  readonly nameOf: (type: string) => string;
}

export const cappedType = { code: 'capped-usd', name: 'Capped', currency: 'USD', maxBalance: 4_000 };
const walletTypes = [
  { walletType: 'personal-usd', currency: 'USD', maxBalance: Number.MAX_SAFE_INTEGER },
  { walletType: 'business-usd', currency: 'USD', maxBalance: Number.MAX_SAFE_INTEGER },
  { walletType: cappedType.code, currency: cappedType.currency, maxBalance: cappedType.maxBalance },
  { walletType: 'personal-eur', currency: 'EUR', maxBalance: Number.MAX_SAFE_INTEGER },
] as const;
/** Whose, of which type, and what is in it at first. */
const opening = [
  [0, 0, 9_000],
  [1, 0, 6_000],
  [0, 1, 4_000],
  [1, 2, 2_000],
  [0, 3, 1_000],
] as const;
const mostAccounts = 10;
const statusAfter = { freeze: 'frozen', unfreeze: 'active', close: 'closed' } as const;

/** A program on the platform and on the model beside it: each answer has to be what the model says. */
export class ProgramRun {
  private readonly model: AccountModel;
  private readonly walletIds: string[] = [];
  private readonly transactionIds: string[] = [];
  private readonly calls: KeyedCalls;
  private readonly exchanges: ExchangeRun;

  constructor(private readonly participants: Participants) {
    this.model = new AccountModel(participants.types);
    this.calls = new KeyedCalls(participants.platform.edgeUrl);
    this.exchanges = new ExchangeRun(participants.platform, this.model, this.calls);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const [owner, type, amount] of opening) {
      await this.open(owner, type);
      await this.pay('deposit', this.walletIds.length - 1, amount, true);
    }
    for (const step of steps) await this.step(step);
    const { participants, walletIds, transactionIds } = this;
    const { adminKey: token } = participants.platform;
    await compareInTheEnd(this.model, this.calls, { token, walletIds, transactionIds });
  }

  private step(step: Step): Promise<void> {
    const { kind, customer, ref, flag } = step;
    switch (kind) {
      case 'open':
        return this.walletIds.length < mostAccounts
          ? this.open(customer, ref % walletTypes.length)
          : Promise.resolve();
      case 'deposit':
      case 'withdrawal':
        return this.pay(kind, ownAccount(this.model, customer, step.from), step.amount, ref % 4 > 0);
      case 'transfer':
        return this.transfer(customer, orderOf(this.model, customer, step), flag);
      case 'exchange':
        return this.exchange(step);
      case 'schedule':
        return this.schedule(customer, orderOf(this.model, customer, step));
      case 'bulk':
        return this.bulk(
          customer,
          flag ? 'atomic' : 'independent',
          step.items.map((item) => orderOf(this.model, customer, item)),
        );
      case 'reversal':
        return this.reverse(step);
      case 'again':
        return this.calls.again(ref, flag);
      case 'invalid':
        return this.invalid(step);
      default:
        return this.changeStatus(kind, accountTo(this.model, kind, step.to));
    }
  }

  private async open(owner: number, type: number): Promise<void> {
    const account = { owner, ...walletTypes[type]! };
    const body = { walletType: account.walletType };
    const answer = await this.calls.send({ path: '/v1/wallets', token: this.tokenOf(owner), body }, 201);
    this.model.open(account);
    this.walletIds.push(answer.id);
  }

  private async pay(kind: 'deposit' | 'withdrawal', account: number, amount: number, isAccepted: boolean) {
    const { owner, currency } = this.model.accounts[account]!;
    const fundingToken = isAccepted ? 'tok_ok' : 'tok_declined';
    const body = { walletId: this.walletIds[account], amount, currency, fundingToken };
    const movement =
      kind === 'deposit'
        ? this.model.deposit(account, amount, isAccepted)
        : this.model.withdraw(account, amount, isAccepted);
    this.expectEnd(
      movement,
      await this.calls.send({ path: `/v1/${kind}s`, token: this.tokenOf(owner), body }, 201),
    );
  }

  /** @param isAsked whether a dry run comes first, which has to say what then comes of it */
  private async transfer(
    customer: number,
    order: TransferOrder,
    isAsked: boolean,
    at?: { readonly quote: Quote; readonly id: string },
  ): Promise<void> {
    const body = { ...this.bodyOf(order), ...(at && { quoteId: at.id }) };
    const request = { path: '/v1/transactions', token: this.tokenOf(customer), body };
    const asked = isAsked ? await this.ask(order, request) : undefined;
    const movement = this.model.transfer(order, at?.quote);
    if (asked) {
      expectSame(movement, asked);
      const { status, amount, fee } = movement;
      if (status === 'completed' && asked.total !== amount + fee) {
        throw new Error(`a dry run has a total of ${asked.total} for ${amount} and a fee of ${fee}`);
      }
    }
    this.expectEnd(movement, await this.calls.send(request, 201));
  }

  /** The edge looks at the balances that it shows. */
  private async ask({ source, destination }: TransferOrder, request: Request): Promise<Body> {
    const { adminKey: token } = this.participants.platform;
    for (const account of [source, destination]) {
      await compareBalances(this.model, this.calls, { walletIds: this.walletIds, token }, account);
    }
    return this.calls.send({ ...request, body: { ...request.body, dryRun: true } }, 200);
  }

  private async exchange(step: Step): Promise<void> {
    const { customer, ref, flag } = step;
    const order = exchangeOf(this.model, customer, step);
    const at = await this.exchanges.quoteFor(order, this.tokenOf(customer), step);
    const changed = ref % 10 === 3 ? { ...order, amount: order.amount + 1 } : order;
    await this.transfer(customer, changed, flag, at);
  }

  private async schedule(customer: number, order: TransferOrder): Promise<void> {
    const { platform } = this.participants;
    const [body, token] = [this.bodyOf(order), this.tokenOf(customer)];
    const request = { path: '/v1/scheduled-transfers', token };
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    const sides = [order.source, order.destination].map((account) => this.model.accounts[account]!);
    if (sides[0]!.currency !== sides[1]!.currency) {
      await this.calls.send({ ...request, body: { ...body, runAt } }, 400, 'validation-failed');
    } else if (sides.some(({ status }) => status === 'closed')) {
      await this.calls.send({ ...request, body: { ...body, runAt } }, 409, 'wallet-closed');
    } else {
      const movement = this.model.transfer(order);
      this.expectEnd(movement, await scheduledTransfer(this.calls, platform.edgeUrl, { token, body }));
    }
  }

  private async bulk(customer: number, mode: 'atomic' | 'independent', orders: readonly TransferOrder[]) {
    const body = { mode, items: orders.map((order) => this.bodyOf(order)) };
    const movements = this.model.bulk(mode, orders);
    const request = { path: '/v1/transactions/bulk', token: this.tokenOf(customer), body };
    const { items = [] } = await this.calls.send(request, 201);
    if (items.length !== orders.length)
      throw new Error(`a bulk of ${orders.length} has ${items.length} items`);
    for (const [i, movement] of movements.entries()) this.expectEnd(movement, items[i]!);
  }

  /** By the operator, by who has received the money, or by somebody who may not even see it. */
  private async reverse({ ref, customer, part }: Step): Promise<void> {
    const original = originalTo(this.model, ref);
    const movement = this.model.movements[original]!;
    const receiver =
      movement.destination === undefined ? undefined : this.model.accounts[movement.destination]!.owner;
    const caller = [undefined, receiver, customer][ref % 3];
    const path = `/v1/transactions/${this.transactionIds[original]}/reversals`;
    const body = { reason: 'Not delivered', ...(part === null ? {} : { amount: part }) };
    const token = caller === undefined ? this.participants.platform.adminKey : this.tokenOf(caller);
    const request = { path, token, body };
    if (caller !== undefined && !this.model.maySee(caller, movement)) {
      await this.calls.send(request, 404, 'not-found');
    } else if (caller !== undefined && caller !== receiver) {
      await this.calls.send(request, 403, 'reversal-not-allowed');
    } else {
      const reversal = this.model.reverse(original, part ?? undefined, caller === undefined);
      this.expectEnd(reversal, await this.calls.send(request, 201));
    }
  }

  private async changeStatus(verb: StatusVerb, account: number): Promise<void> {
    const path = `/v1/wallets/${this.walletIds[account]}/${verb}`;
    const refusal = this.model.changeStatus(account, statusAfter[verb]);
    const request = { path, token: this.participants.platform.adminKey };
    const { status } = await this.calls.send(request, refusal === undefined ? 201 : 409, refusal);
    if (refusal === undefined && status !== statusAfter[verb]) throw new Error(`${path} leaves it ${status}`);
  }

  /** What the front door refuses; nothing of it reaches the books. */
  private async invalid(step: Step): Promise<void> {
    const { customer, ref } = step;
    const [path, token] = ['/v1/transactions', this.tokenOf(customer)];
    const body = this.bodyOf(orderOf(this.model, customer, step));
    const foreign = this.walletIds[ownAccount(this.model, 1 - customer, step.from)];
    const refused: readonly (readonly [body: object, status: number, code: string])[] = [
      [{ ...body, sourceWalletId: foreign, destinationWalletId: body.sourceWalletId }, 404, 'not-found'],
      [{ ...body, destinationWalletId: randomUUID() }, 404, 'not-found'],
      [{ ...body, destinationWalletId: body.sourceWalletId }, 400, 'validation-failed'],
      [{ ...body, currency: 'GBP' }, 400, 'validation-failed'],
      [{ ...body, amount: 0 }, 400, 'validation-failed'],
      [{ ...body, type: 'payout' }, 400, 'validation-failed'],
    ];
    const [wrong, status, code] = refused[ref % refused.length]!;
    await this.calls.send({ path, token, body: { ...wrong } }, status, code);
  }

  /** The answers to the movements of the model come in the order in which the model has noted them. */
  private expectEnd(movement: Movement, made: Made): void {
    expectSame(movement, made);
    this.transactionIds.push(made.id);
  }

  private tokenOf(customer: number): string {
    return this.participants.customers[customer]!;
  }

  private bodyOf({ type, source, destination, amount }: TransferOrder) {
    const [sourceWalletId, destinationWalletId] = [this.walletIds[source], this.walletIds[destination]];
    const { currency } = this.model.accounts[source]!;
    return { type: this.participants.nameOf(type), sourceWalletId, destinationWalletId, amount, currency };
  }
}
