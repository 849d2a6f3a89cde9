import type { Random } from './random.js';

export type StatementFault = 'lost before' | 'lost after' | 'serialization failure';
export type ProduceFault = 'refused' | 'partly' | 'ack lost' | 'stored, then refused' | 'late';

/** What befalls a world at instants of its own, besides what befalls single requests. */
export type Incident =
  | 'crash'
  | 'freeze'
  | 'stall'
  | 'deploy'
  | 'database outage'
  | 'broker outage'
  | 'provider outage'
  | 'rebalance'
  | 'duplicate record'
  | 'forged record'
  | 'undecodable record'
  | 'replay'
  | 'discard';

const incidents: readonly Incident[] = [
  'crash',
  'freeze',
  'stall',
  'deploy',
  'database outage',
  'broker outage',
  'provider outage',
  'rebalance',
  'duplicate record',
  'forged record',
  'undecodable record',
  'replay',
  'replay',
  'discard',
];

/**
 * Which faults a seed has, and how often. Each world has some kinds of fault and not others, because faults hide one
 * another: a relay that is killed every second is never seen to outlive its lease.
 */
export class Faults {
  isOn = true;
  readonly incidents: readonly Incident[];
  readonly hasKillers: boolean;
  private readonly crashChance: number;
  private readonly statementChance: number;
  private readonly produceChance: number;
  private readonly consumerChance: number;

  constructor(private readonly random: Random) {
    const sometimes = (chance: number, from: number, to: number): number =>
      random.chance(chance) ? random.between(from, to) : 0;
    this.crashChance = sometimes(0.4, 0.000_2, 0.002);
    this.statementChance = sometimes(0.4, 0.001, 0.02);
    this.produceChance = sometimes(0.5, 0.02, 0.3);
    this.consumerChance = sometimes(0.2, 0.002, 0.01);
    this.hasKillers = random.chance(0.1);
    const kinds = incidents.filter(() => random.chance(0.45));
    this.incidents =
      kinds.length === 0 ? [] : Array.from({ length: random.int(9) }, () => random.pick(kinds));
  }

  /** Asked before each step of each process: the process may end between any two of them. */
  crashNow(): boolean {
    return this.isOn && this.crashChance > 0 && this.random.chance(this.crashChance);
  }

  onStatement(text: string): StatementFault | undefined {
    if (!this.isOn || this.statementChance === 0 || !this.random.chance(this.statementChance))
      return undefined;
    const fault = this.random.pick(['lost before', 'lost after', 'serialization failure'] as const);
    return fault === 'serialization failure' && isControl(text) ? 'lost after' : fault;
  }

  onProduce(): ProduceFault | undefined {
    if (!this.isOn || this.produceChance === 0 || !this.random.chance(this.produceChance)) return undefined;
    return this.random.pick(['refused', 'partly', 'ack lost', 'stored, then refused', 'late'] as const);
  }

  /** True when a consumer meets an error that kafkajs does not survive. */
  onConsumerLoop(): boolean {
    return this.isOn && this.consumerChance > 0 && this.random.chance(this.consumerChance);
  }
}

function isControl(text: string): boolean {
  return text.startsWith('BEGIN') || text === 'COMMIT' || text === 'ROLLBACK';
}
