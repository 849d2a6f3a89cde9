import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { availableOf, decidePostings, type PostingCommand, type WalletState } from './posting.js';

const ids = ['a', 'b', 'c', 'fees'] as const;

const histories = fc.record({
  opening: fc.tuple(...ids.map(() => fc.integer({ min: 0, max: 200 }))),
  overdraft: fc.tuple(...ids.map(() => fc.integer({ min: 0, max: 50 }))),
  commands: fc.array(
    fc.record({
      from: fc.constantFrom('a', 'b', 'c'),
      to: fc.constantFrom('a', 'b', 'c'),
      amount: fc.integer({ min: 1, max: 120 }),
      fee: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 60 },
  ),
});

test('any history ends like a ten-line model of it', () => {
  const seed = Number(process.env.FC_SEED ?? (Math.random() * 2 ** 31) | 0);
  console.info(`fast-check seed ${seed}; run again with FC_SEED=${seed}`);
  fc.assert(
    fc.property(histories, ({ opening, overdraft, commands }) => {
      const wallets = new Map(ids.map((id, i) => [id as string, wallet(id, opening[i]!, overdraft[i]!)]));
      const { decisions, changed } = decidePostings(wallets, commands.map(command), 0);

      // The model: an integer for each wallet, and one rule.
      const model = new Map(ids.map((id, i) => [id as string, opening[i]!]));
      const add = (id: string, amount: number) => model.set(id, model.get(id)! + amount);
      const expected = commands.map(({ from, to, amount, fee }) => {
        if (from === to || model.get(from)! + overdraft[ids.indexOf(from)]! < amount + fee) return 'declined';
        add(from, -amount - fee);
        add(to, amount);
        add('fees', fee);
        return 'posted';
      });

      expect(decisions.map((d) => d.status)).toEqual(expected);
      const final = (id: string) => changed.get(id) ?? wallets.get(id)!;
      expect(ids.map((id) => final(id).posted)).toEqual(ids.map((id) => model.get(id)));
      checkEntries(decisions, wallets, final);
    }),
    { seed, numRuns: 300 },
  );
});

/** Entries of a decision sum to zero; those of a wallet are numbered without gaps and lead to its balance. */
function checkEntries(
  decisions: ReturnType<typeof decidePostings>['decisions'],
  wallets: ReadonlyMap<string, WalletState>,
  final: (id: string) => WalletState,
): void {
  const running = new Map([...wallets].map(([id, w]) => [id, { posted: w.posted, sequence: w.sequence }]));
  for (const decision of decisions) {
    if (decision.status === 'declined') continue;
    expect(decision.entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(0);
    for (const entry of decision.entries) {
      const last = running.get(entry.walletId)!;
      expect(entry).toMatchObject({ sequence: last.sequence + 1, posted: last.posted + entry.amount });
      running.set(entry.walletId, entry);
    }
  }
  for (const [id, last] of running) {
    expect(final(id)).toMatchObject({ posted: last.posted, sequence: last.sequence });
    expect(availableOf(final(id))).toBeGreaterThanOrEqual(0);
  }
}

function wallet(id: string, posted: number, overdraftLimit: number): WalletState {
  const kind = id === 'fees' ? 'system' : 'customer';
  return {
    id,
    kind,
    currency: 'USD',
    status: 'active',
    posted,
    held: 0,
    overdraftLimit,
    maxBalance: null,
    sequence: 0,
    lastEntryAt: 0,
  };
}

function command(
  step: { from: string; to: string; amount: number; fee: number },
  index: number,
): PostingCommand {
  return {
    transactionId: String(index),
    sourceWalletId: step.from,
    destinationWalletId: step.to,
    amount: step.amount,
    fee: step.fee,
    feeWalletId: 'fees',
    sourceKind: 'customer',
    currency: 'USD',
    description: null,
    deadlineAt: null,
  };
}
