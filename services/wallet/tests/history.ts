import fc from 'fast-check';
import type { LedgerCommand, TransferCommand } from '../src/domain/ledger-command.js';
import { bulk, capture, deposit, hold, increment, reversal, transfer, voidHold } from './commands.js';
import { LedgerModel } from './ledger-model.js';

const kinds = [
  'deposit',
  'transfer',
  'transfer',
  'exchange',
  'hold',
  'increment',
  'capture',
  'capture',
  'void',
  'expire',
  'reversal',
  'bulk',
  'again',
] as const;

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  from: fc.nat(2),
  to: fc.nat(3),
  amount: fc.integer({ min: 1, max: 120 }),
  fee: fc.integer({ min: 0, max: 3 }),
  ref: fc.nat(),
  flag: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What arrives together, and how much time has passed since what arrived before. */
const batch = fc.record({ elapsedMs: fc.nat(80), steps: fc.array(step, { minLength: 1, maxLength: 8 }) });
export type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;
export const histories = fc.array(batch, { minLength: 1, maxLength: 10 });

const holdMs = 100;

/** Turns abstract steps into commands that refer to what came before, and asks the model what they come to. */
export class History {
  readonly model: LedgerModel;
  private now = Date.now();
  private readonly sent: LedgerCommand[] = [];

  constructor(
    private readonly wallets: readonly string[],
    private readonly newId: () => string,
  ) {
    this.model = new LedgerModel(wallets[1]!, wallets[3]!);
  }

  next({ elapsedMs, steps }: Batch): {
    now: number;
    commands: LedgerCommand[];
    expected: [string, boolean][];
  } {
    this.now += elapsedMs;
    const commands: LedgerCommand[] = [];
    const expected: [string, boolean][] = [];
    for (const command of steps.flatMap((one) => this.commandsOf(one))) {
      expected.push(...this.model.apply(command, this.now));
      commands.push(command);
      this.sent.push(command);
    }
    return { now: this.now, commands, expected };
  }

  private commandsOf({ kind, from, to, amount, fee, ref, flag }: Step): LedgerCommand[] {
    const [source, target] = [this.wallets[from]!, this.wallets[to]!];
    const holdId = this.find('hold', ref);
    const original = this.find(flag ? 'transfer' : 'capture', ref);
    switch (kind) {
      case 'deposit':
        return [deposit(source, amount)];
      case 'transfer':
        return [transfer(source, target, amount, { fee })];
      case 'exchange':
        return [
          transfer(source, this.wallets[3]!, amount, { fee, exchange: { currency: 'EUR', rate: '0.5' } }),
        ];
      case 'hold':
        return [hold(source, amount, { expiresAt: this.now + holdMs })];
      case 'increment':
        return [increment(holdId, amount)];
      case 'capture':
        return [capture(holdId, amount, fee === 0 ? null : target, flag)];
      case 'void':
        return [voidHold(holdId)];
      case 'expire':
        return [{ kind: 'expiry', transactionId: this.newId(), holdId, deadlineAt: null }];
      case 'reversal':
        return [reversal(original, fee === 0 ? null : amount)];
      case 'bulk': {
        const items: TransferCommand[] = [
          transfer(source, target, amount),
          transfer(target, source, amount + fee),
        ];
        return [bulk(flag ? 'atomic' : 'independent', items)];
      }
      case 'again':
        return this.sent.length > 0 ? [this.sent[ref % this.sent.length]!] : [];
    }
  }

  private find(kind: LedgerCommand['kind'], ref: number): string {
    const known = this.sent.filter((command) => command.kind === kind);
    return known.length > 0 ? known[ref % known.length]!.transactionId : this.newId();
  }
}
