import { type Finding, findingOf } from './finding.js';

/** A wallet as it is, with what its entries since the last audit and its open holds add up to. */
export interface AuditedWallet {
  readonly walletId: string;
  readonly sequence: number;
  readonly posted: number;
  readonly held: number;
  /** As the last audit left it; zeros before the first. */
  readonly before: { readonly sequence: number; readonly posted: number; readonly held: number };
  readonly moved: { readonly entries: number; readonly amount: number; readonly heldChange: number };
  readonly openHolds: number;
}

/** What is wrong with a wallet; empty when its balances follow from its entries and holds. */
export function auditBalances(wallet: AuditedWallet): Finding[] {
  const { walletId, sequence, before, moved } = wallet;
  const findings: Finding[] = [];
  const check = (name: Finding['check'], is: number, shouldBe: number, what: string): void => {
    if (is !== shouldBe) {
      findings.push(findingOf(name, walletId, `${what} is ${is} and should be ${shouldBe}`, { sequence }));
    }
  };
  check('entry-missing', sequence, before.sequence + moved.entries, 'number of the last entry');
  check('balance-differs-from-entries', wallet.posted, before.posted + moved.amount, 'posted');
  check('held-differs-from-entries', wallet.held, before.held + moved.heldChange, 'held');
  check('held-differs-from-holds', wallet.held, wallet.openHolds, 'held');
  return findings;
}
