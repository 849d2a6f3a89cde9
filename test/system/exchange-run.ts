import { isDeepStrictEqual } from 'node:util';
import type { AccountModel, TransferOrder } from './account-model.js';
import type { KeyedCalls, Request } from './keyed-calls.js';
import { type Quote, quote } from './model-quotes.js';
import type { Step } from './programs.js';
import { query, type RunningPlatform } from './test-platform.js';

/** Quotes of one run: asked for, named by transfers, and made to expire. */
export class ExchangeRun {
  /** As the platform knows them, by their position in the model. */
  private readonly ids: string[] = [];

  constructor(
    private readonly platform: RunningPlatform,
    private readonly model: AccountModel,
    private readonly calls: KeyedCalls,
  ) {}

  /**
   * The quote for an order, with its id: mostly a new one, sometimes one from before, which may be somebody else's, used up
   * or for something else, and sometimes none. Undefined, too, when the amount buys nothing.
   */
  async quoteFor(
    order: TransferOrder,
    token: string,
    { ref }: Pick<Step, 'ref'>,
  ): Promise<{ readonly quote: Quote; readonly id: string } | undefined> {
    if (ref % 8 === 0) return undefined;
    const { quotes } = this.model;
    const index = ref % 4 === 1 && quotes.length > 0 ? ref % quotes.length : await this.ask(order, token);
    if (index === undefined) return undefined;
    if (ref % 9 === 2) await this.expire(index);
    return { quote: quotes[index]!, id: this.ids[index]! };
  }

  private async ask({ source, destination, amount }: TransferOrder, token: string) {
    const { accounts, quotes } = this.model;
    const [{ owner, currency: from }, { currency: to }] = [accounts[source]!, accounts[destination]!];
    const body = { sourceCurrency: from, destinationCurrency: to, amount };
    const request: Request = { path: '/v1/fx-quotes', token, body };
    if (from === to) {
      await this.calls.send(request, 400, 'validation-failed');
      return undefined;
    }
    const promised = quote(owner, from, to, amount);
    if (promised === undefined) {
      await this.calls.send(request, 422, 'amount-invalid');
      return undefined;
    }
    const { id, destinationAmount } = await this.calls.send(request, 201);
    if (!isDeepStrictEqual(destinationAmount, promised.arrives)) {
      throw new Error(`quote ${id} promises ${destinationAmount}, the model ${JSON.stringify(promised)}`);
    }
    this.ids.push(id);
    return quotes.push(promised) - 1;
  }

  /** Instead of waiting: quotes of this platform hold for longer than the test runs. */
  private async expire(index: number): Promise<void> {
    const { transaction: url } = this.platform.databaseUrls;
    const past = `now() - interval '1 second'`;
    await query(url, `UPDATE fx_quotes SET expires_at = ${past} WHERE id = '${this.ids[index]}'`);
    this.model.quotes[index]!.isExpired = true;
  }
}
