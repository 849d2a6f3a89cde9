import type { PaymentKind, SettlementLine } from './settlement-file.js';

/** A payment as it was recorded here. */
export interface PaymentRecord {
  readonly kind: PaymentKind;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
  /** `succeeded`, `declined` or `pending`, or what else became of it: `uncovered`. */
  readonly status: string;
}

export type BreakKind =
  | 'missing-at-us'
  | 'missing-at-provider'
  | 'amount-differs'
  | 'status-differs'
  | 'duplicate';

export interface Break {
  readonly kind: BreakKind;
  readonly line: SettlementLine | null;
  readonly record: PaymentRecord | null;
}

/** What both sides say, as it is kept; of a side that has nothing to say null. */
export interface BreakFacts {
  readonly kind: BreakKind;
  readonly lineNumber: number | null;
  readonly paymentKind: PaymentKind;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly transactionId: string | null;
  readonly currency: string;
  readonly providerAmount: number | null;
  readonly ourAmount: number | null;
  readonly providerStatus: string | null;
  readonly ourStatus: string | null;
}

export function factsOf({ kind, line, record }: Break): BreakFacts {
  const { kind: paymentKind, currency } = (line ?? record)!;
  return {
    kind,
    lineNumber: line?.lineNumber ?? null,
    paymentKind,
    paymentId: line?.paymentId ?? null,
    reference: line?.reference ?? null,
    transactionId: record?.transactionId ?? null,
    currency,
    providerAmount: line?.amount ?? null,
    ourAmount: record?.amount ?? null,
    providerStatus: line?.status ?? null,
    ourStatus: record?.status ?? null,
  };
}

export interface MatchedLine {
  readonly line: SettlementLine;
  readonly transactionId: string | null;
  readonly matchedBy: 'reference' | 'amount-and-date' | null;
}

export interface Reconciliation {
  /** Every line of the file. */
  readonly lines: readonly MatchedLine[];
  readonly breaks: readonly Break[];
}

/** What the provider last said of a payment: in the file of the latest day, of several in the one that was imported last. */
export interface ListedPayment extends SettlementLine {
  readonly fileId: string;
  /** Of that file, as 2026-11-21. */
  readonly settlementDate: string;
  /** The payment here that a line of it was matched with, in whichever file. */
  readonly transactionId: string | null;
  readonly matchedBy: MatchedLine['matchedBy'];
}

export interface Books {
  /** The day of the file, as 2026-11-21. */
  readonly settlementDate: string;
  /** Payments here that lines of the file name or belong to, and those of the day, matched or not. */
  readonly records: readonly PaymentRecord[];
  /** Those of the day, by `keyOf`: the file should list them. */
  readonly ofTheDay: ReadonlySet<string>;
  /** Payments here that a line of an earlier file was matched with, by `keyOf`. */
  readonly matched: ReadonlySet<string>;
  /** The provider's payments that an earlier file listed, by `paymentOf`. */
  readonly seen: ReadonlyMap<string, ListedPayment>;
}

export const transactionIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function keyOf(kind: PaymentKind, transactionId: string): string {
  return `${kind} ${transactionId}`;
}

/** A payment of the provider's, by kind and id. */
export function paymentOf({ kind, paymentId }: Pick<SettlementLine, 'kind' | 'paymentId'>): string {
  return `${kind} ${paymentId}`;
}

/**
 * Compares a settlement file with what was recorded here. Rules, in this order: a payment that was listed before differs from the
 * books by now, is a duplicate when nothing about it has changed, or else is what the provider says of it by now; a line belongs
 * to the payment that has its reference; a line of money that moved and that has no readable
 * reference belongs to the only payment of the day with its amount and currency that nothing else belongs to, if it is
 * the only such line. A reference that is readable and unknown here is somebody else's payment, whatever its amount.
 */
export function reconcile(file: readonly SettlementLine[], books: Books): Reconciliation {
  const records = new Map(books.records.map((record) => [keyOf(record.kind, record.transactionId), record]));
  const taken = new Set(books.matched);
  const listed = new Set<string>();
  const lines: MatchedLine[] = [];
  const breaks: Break[] = [];
  const unmatched: SettlementLine[] = [];
  for (const line of file) {
    const payment = paymentOf(line);
    const before = books.seen.get(payment);
    const key = keyOf(line.kind, before?.transactionId ?? line.reference.toLowerCase());
    const record = records.get(key);
    const isRepeated = listed.has(payment) || (!before?.transactionId && taken.has(key));
    listed.add(payment);
    const news = isRepeated ? 'duplicate' : newsOf(line, before, record, books.settlementDate);
    if (news === 'duplicate' || news === 'out of date') {
      if (news === 'duplicate') breaks.push({ kind: 'duplicate', line, record: record ?? null });
      lines.push({ line, transactionId: null, matchedBy: null });
      continue;
    }
    if (!record) {
      unmatched.push(line);
      continue;
    }
    taken.add(key);
    lines.push({
      line,
      transactionId: record.transactionId,
      matchedBy: before?.matchedBy ?? 'reference',
    });
    const kind = differenceOf(line, record);
    if (kind) breaks.push({ kind, line, record });
  }
  const unreadable = unmatched.filter(({ reference }) => !transactionIdPattern.test(reference));
  const byAmount = matchByAmount(unreadable, records, books.ofTheDay, taken);
  for (const line of unmatched) {
    const record = byAmount.get(line);
    if (record) taken.add(keyOf(record.kind, record.transactionId));
    lines.push({
      line,
      transactionId: record?.transactionId ?? null,
      matchedBy: record ? 'amount-and-date' : null,
    });
    if (!record && line.status === 'succeeded') breaks.push({ kind: 'missing-at-us', line, record: null });
  }
  for (const key of books.ofTheDay) {
    const record = records.get(key);
    if (!record || taken.has(key)) continue;
    breaks.push({ kind: 'missing-at-provider', line: null, record });
  }
  return { lines, breaks };
}

/** What a line is to what the provider said of its payment before. */
function newsOf(
  line: SettlementLine,
  before: ListedPayment | undefined,
  record: PaymentRecord | undefined,
  settlementDate: string,
): 'new' | 'duplicate' | 'out of date' {
  if (!before) return 'new';
  const isChanged =
    line.amount !== before.amount ||
    line.currency !== before.currency ||
    line.status !== before.status ||
    line.reference !== before.reference;
  // The file of a day may come after those of later days, and the provider has changed its mind in between.
  if (isChanged) return settlementDate < before.settlementDate ? 'out of date' : 'new';
  // A payment that is still under way on the next day is listed again for that.
  if (line.status === 'pending') return 'new';
  // The provider has not changed its mind, but the books may have been changed.
  return before.transactionId !== null && record && differenceOf(line, record) ? 'new' : 'duplicate';
}

/** How the two sides of a payment differ; undefined when they agree. */
export function differenceOf(
  line: Pick<SettlementLine, 'amount' | 'currency' | 'status'>,
  record: Pick<PaymentRecord, 'amount' | 'currency' | 'status'>,
): BreakKind | undefined {
  if (line.amount !== record.amount || line.currency !== record.currency) return 'amount-differs';
  return line.status === record.status ? undefined : 'status-differs';
}

function matchByAmount(
  lines: readonly SettlementLine[],
  records: ReadonlyMap<string, PaymentRecord>,
  ofTheDay: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): ReadonlyMap<SettlementLine, PaymentRecord> {
  const free = [...ofTheDay].filter((key) => !taken.has(key)).flatMap((key) => records.get(key) ?? []);
  const candidates = groupByTerms(free);
  const found = new Map<SettlementLine, PaymentRecord>();
  for (const [terms, [line, ...others]] of groupByTerms(lines.filter((one) => one.status === 'succeeded'))) {
    const [record, ...rivals] = candidates.get(terms) ?? [];
    if (line && record && others.length === 0 && rivals.length === 0) found.set(line, record);
  }
  return found;
}

function groupByTerms<T extends SettlementLine | PaymentRecord>(payments: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const payment of payments) {
    const terms = `${payment.kind} ${payment.amount} ${payment.currency}`;
    const group = groups.get(terms);
    if (group) group.push(payment);
    else groups.set(terms, [payment]);
  }
  return groups;
}
