import type { Transaction } from '@florin/database';
import type { UnitOfWork } from '@florin/messaging';
import { findCounters } from '../db/find-counters.js';
import { findKnownTransactions } from '../db/find-known-transactions.js';
import { loadTerms } from '../db/load-terms.js';
import { lockCounters } from '../db/lock-counters.js';
import { saveCounters } from '../db/save-counters.js';
import { takeReturnedShares } from '../db/take-returned-shares.js';
import type { Terms } from '../domain/admission.js';
import { type Admit, type Admitted, admitBatch, type Candidate } from '../domain/batch-admission.js';
import type { NamedQuote } from '../domain/batch-quotes.js';
import { createDayEnds } from '../domain/day-end.js';
import { type CounterKey, DailyCounters, type Demand, hasDailyLimit } from '../domain/limits.js';

export type { Admitted } from '../domain/batch-admission.js';

/** A transaction that wants to be admitted. */
export interface Applicant {
  readonly transactionId: string;
  readonly type: string;
  /** Whose limits it counts against: who pays, or who is paid when the money comes from outside. */
  readonly ownerId: string;
  /** IANA time zone of that customer; UTC when null. */
  readonly timeZone: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly deadlineAt: number | null;
  /** Null when the money comes from outside, which needs no rule. */
  readonly sourceWalletType: string | null;
  /** Null when the money leaves, which needs none either. */
  readonly destinationWalletType: string | null;
  /** Of an atomic bulk: none of its neighbours with the same takes a share of a limit unless all of them may pass. */
  readonly allOrNone?: string | null;
  /** Looked at before the rules, and used when the transfer is admitted. */
  readonly quote?: NamedQuote | undefined;
}

const dayEnds = createDayEnds();

/**
 * The terms of a batch whose counters were locked ahead of its handlers. By these it is decided: by others, of a type that
 * the same batch defines anew, it would need counters that nobody has locked in order.
 */
const loadedAhead = new WeakMap<UnitOfWork, ReadonlyMap<string, Terms | undefined>>();

/**
 * Decides about a batch in arrival order: rules, fee, and limits, of which the daily ones need the locks of their counters.
 * They are taken only where a type has such limits: without any the batch costs one query. What is known already takes
 * no share of a limit a second time.
 */
export async function admitAll(
  unit: UnitOfWork,
  applicants: readonly Applicant[],
  now: number,
  admitOne?: Admit,
): Promise<readonly Admitted[]> {
  const { tx } = unit;
  const terms = await termsFor(unit, applicants);
  const demands = applicants.map((applicant, i) => demandOf(applicant, terms[i], now));
  const limited = applicants.filter((_, i) => demands[i] !== undefined);
  if (limited.length === 0) {
    return admitBatch(candidatesOf(applicants, terms, demands), new DailyCounters([]), now, admitOne);
  }
  const keys = keysOf(demands);
  const counters = new DailyCounters(await lockCounters(tx, keys));
  counters.giveBack(await takeReturnedShares(tx, keys));
  // After the locks: a submission of the same transaction to another instance has the same counters.
  const known = await findKnownTransactions(
    tx,
    limited.map((applicant) => applicant.transactionId),
  );
  const fresh = demands.map((demand, i) => (known.has(applicants[i]!.transactionId) ? undefined : demand));
  const admitted = admitBatch(candidatesOf(applicants, terms, fresh), counters, now, admitOne);
  await saveCounters(tx, counters.moved);
  return admitted;
}

/** Locks what `admitAll` will count these applicants in, however they are divided among its calls after that. */
export async function lockLimitsOf(
  unit: UnitOfWork,
  applicants: readonly Applicant[],
  now: number,
): Promise<void> {
  const { tx } = unit;
  const terms = await loadTerms(tx, applicants);
  loadedAhead.set(unit, new Map(applicants.map((applicant, i) => [termsKeyOf(applicant), terms[i]])));
  const keys = keysOf(applicants.map((applicant, i) => demandOf(applicant, terms[i], now)));
  if (keys.length > 0) await lockCounters(tx, keys);
}

/** What `admitAll` would decide at this moment; nothing is counted or locked. */
export async function rehearseAdmission(
  tx: Transaction,
  applicants: readonly Applicant[],
  now: number,
): Promise<readonly Admitted[]> {
  const terms = await loadTerms(tx, applicants);
  const demands = applicants.map((applicant, i) => demandOf(applicant, terms[i], now));
  const keys = keysOf(demands);
  const counters = keys.length > 0 ? await findCounters(tx, keys) : [];
  return candidatesOf(applicants, terms, demands).flatMap((candidate) =>
    admitBatch([candidate], new DailyCounters(counters), now),
  );
}

async function termsFor(
  unit: UnitOfWork,
  applicants: readonly Applicant[],
): Promise<readonly (Terms | undefined)[]> {
  const loaded = loadedAhead.get(unit);
  const keys = applicants.map(termsKeyOf);
  return loaded && keys.every((key) => loaded.has(key))
    ? keys.map((key) => loaded.get(key))
    : loadTerms(unit.tx, applicants);
}

/** Codes of types hold no spaces. */
function termsKeyOf({ type, sourceWalletType, destinationWalletType }: Applicant): string {
  return `${type} ${sourceWalletType ?? ''} ${destinationWalletType ?? ''}`;
}

function candidatesOf(
  applicants: readonly Applicant[],
  terms: readonly (Terms | undefined)[],
  demands: readonly (Demand | undefined)[],
): Candidate[] {
  return applicants.map(({ amount, deadlineAt, allOrNone = null, quote }, i) => ({
    amount,
    deadlineAt,
    allOrNone,
    quote,
    terms: terms[i],
    demand: demands[i],
  }));
}

/** Undefined when no daily limit applies. */
function demandOf(applicant: Applicant, terms: Terms | undefined, now: number): Demand | undefined {
  const daily = new Map([...(terms?.limits ?? [])].filter(([, limits]) => hasDailyLimit(limits)));
  if (daily.size === 0) return undefined;
  const { ownerId, type: transactionType, currency, amount, timeZone } = applicant;
  const key = { ownerId, transactionType, currency };
  return { key, amount, limits: daily, dayEndsAt: dayEnds(now, timeZone ?? 'UTC') };
}

function keysOf(demands: readonly (Demand | undefined)[]): CounterKey[] {
  return demands.flatMap((demand) =>
    demand ? [...demand.limits.keys()].map((scope) => ({ ...demand.key, scope })) : [],
  );
}
