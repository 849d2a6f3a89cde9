import { type Quote, type QuotedTransfer, type QuoteUseRefusal, refuseQuote } from './quote.js';

/** The quote that a transfer names, while that is decided. */
export interface NamedQuote {
  /** Why the transfer cannot be made at it, as far as its batch has been decided. */
  refuse(now: number): QuoteUseRefusal | undefined;
  /** Gives it to the transfer, which is admitted: those behind it find it used. */
  use(): void;
}

/** The quotes of a batch that is decided in arrival order: each is used by the first transfer that is admitted at it. */
export class BatchQuotes {
  private readonly quotes: Map<string, Quote>;

  constructor(quotes: ReadonlyMap<string, Quote>) {
    this.quotes = new Map(quotes);
  }

  /** Undefined when the transfer names none. */
  namedBy(transfer: QuotedTransfer & { readonly quoteId: string | null }): NamedQuote | undefined {
    const { quoteId, transactionId } = transfer;
    if (quoteId === null) return undefined;
    return {
      refuse: (now) => refuseQuote(this.quotes.get(quoteId), transfer, now),
      use: () => {
        const quote = this.quotes.get(quoteId);
        if (quote) this.quotes.set(quoteId, { ...quote, transactionId });
      },
    };
  }
}
