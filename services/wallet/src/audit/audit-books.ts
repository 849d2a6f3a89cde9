import type { WalletContext } from '../context.js';
import type { Audit } from '../db/claim-audit.js';
import { findMissingGuards } from '../db/find-missing-guards.js';
import { findUnbalancedCurrencies } from '../db/find-unbalanced-currencies.js';
import { findWalletsToAudit, type WalletToAudit } from '../db/find-wallets-to-audit.js';
import { auditBalances } from '../domain/audit-balances.js';
import type { Finding } from '../domain/finding.js';

/** Of one step: bounds how long its statement runs, and how many wallets are in memory. */
const page = { look: 20_000, changed: 2_000 };
/** Where most wallets have changed, those behind the last of a page would be looked at again and again. */
const densePage = { look: 4_000, changed: 2_000 };
const denseShare = 5;

export interface BooksStep {
  readonly cursor: string | undefined;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: readonly Finding[];
  /** Those that are in order and have moved since the last audit. */
  readonly moved: readonly WalletToAudit[];
  /** Many of the wallets have changed, and of the next ones as many will have. */
  readonly isDense: boolean;
}

/** Looks at the next wallets; with the first of them, at the guards of the ledger and whether each currency sums to zero. */
export async function auditBooks(
  { database }: Pick<WalletContext, 'database'>,
  audit: Audit,
): Promise<BooksStep> {
  const { walletId, walletCursor: after, step } = audit;
  const findings: Finding[] = [];
  if (step === 0 && walletId === null) {
    for (const guard of await findMissingGuards(database)) {
      const nothing = { walletId: null, sequence: null, entryId: null, currency: null };
      findings.push({
        check: 'guard-missing',
        ...nothing,
        detail: `the ${guard} is missing or switched off`,
      });
    }
    for (const { currency, sum } of await findUnbalancedCurrencies(database)) {
      const nothing = { walletId: null, sequence: null, entryId: null };
      const detail = `all accounts of ${currency} sum to ${sum} minor units instead of zero`;
      findings.push({ check: 'books-do-not-balance', ...nothing, currency, detail });
    }
  }
  const limits = audit.isDense ? densePage : page;
  const { looked, lastWalletId, wallets } = await findWalletsToAudit(database, {
    after,
    walletId,
    ...limits,
  });
  const moved: WalletToAudit[] = [];
  for (const wallet of wallets) {
    const own = auditBalances(wallet);
    findings.push(...own);
    if (own.length === 0 && wallet.sequence > wallet.before.sequence) moved.push(wallet);
  }
  return {
    cursor: looked < limits.look && wallets.length < limits.changed ? undefined : lastWalletId!,
    wallets: looked,
    entries: wallets.reduce((sum, wallet) => sum + wallet.moved.entries, 0),
    findings,
    moved,
    isDense: wallets.length * denseShare > looked,
  };
}
