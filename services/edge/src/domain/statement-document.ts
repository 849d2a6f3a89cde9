import type { StatementItem } from './statement-csv.js';

/** A statement as a bank prints it. Amounts are minor units. */
export interface StatementDocument {
  /** Who issues the statement. */
  readonly institution: string;
  readonly holder: string;
  readonly wallet: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly currency: string;
  };
  /** In words: `2026-01-01 to 2026-01-31`. */
  readonly period: string;
  readonly generatedAt: Date;
  readonly openingBalance: number;
  readonly closingBalance: number;
  readonly totalCredits: number;
  /** Not negative. */
  readonly totalDebits: number;
  readonly items: readonly StatementItem[];
  /** True when entries of the period follow in another document. */
  readonly isContinued: boolean;
}

export interface StatementPart {
  readonly openingBalance: number;
  readonly closingBalance: number;
  readonly items: readonly StatementItem[];
}

/**
 * Balances and totals of the items of one document, which may be a part of the period: it opens with the balance before
 * its first item. A period without items opens and closes with the balance it has.
 */
export function balancesOf(part: StatementPart) {
  const { items } = part;
  const [first, last] = [items[0], items.at(-1)];
  const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
  const amounts = items.map((item) => item.amount);
  return {
    openingBalance: first ? first.runningBalance - first.amount : part.openingBalance,
    closingBalance: last ? last.runningBalance : part.closingBalance,
    totalCredits: sum(amounts.filter((amount) => amount > 0)),
    totalDebits: -sum(amounts.filter((amount) => amount < 0)) || 0,
  };
}

const dayMs = 86_400_000;

/** The period in words. `to` is exclusive: midnight belongs to the day before. */
export function periodInWords(
  period: { readonly from: Date | undefined; readonly to: Date | undefined },
  bounds: { readonly openedAt: Date; readonly now: Date },
): string {
  const from = period.from ?? bounds.openedAt;
  const to = period.to ?? bounds.now;
  const isMidnight = to.getTime() % dayMs === 0;
  return `${dayOf(from)} to ${dayOf(isMidnight ? new Date(to.getTime() - 1) : to)}`;
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
