import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter, Messaging, ReplayItem } from '@florin/messaging';
import { lockAccounts, saveAccount } from './business-statements.js';
import { Deposit, Ignored, messageIdOf, Withdraw } from './messages.js';
import type { SimulatedProcess } from './scheduler.js';
import type { Slot, World } from './world.js';

const accounts = ['anna', 'boris', 'chen', 'dana', 'emil', 'fatima'];

class RolledBackByClient extends Error {}

/** What clients and operators ask of the source service. */
export class Workload {
  private readonly waiting = new Map<Promise<void>, SimulatedProcess>();
  /** Dead letters that are put aside, or were dealt with at the end. */
  private readonly resolved = new Set<string>();
  private readonly discards = new Set<readonly DeadLetter[]>();

  constructor(private readonly world: World) {}

  get isBusy(): boolean {
    return this.discards.size > 0 || [...this.waiting.values()].some((process) => process.alive);
  }

  plan(durationMs: number): void {
    const { random, scheduler } = this.world;
    const transactions = 2 + random.int(11);
    for (let i = 0; i < transactions; i++) {
      // Some come in crowds, so that consumers see batches.
      const atMs = random.chance(0.5) ? 500 + random.between(0, 50) : random.between(0, durationMs);
      scheduler.after(atMs, undefined, () => this.submit());
    }
  }

  /** Dead letters that nobody has put aside. */
  openLetters(): DeadLetter[] {
    return this.deadLetters().filter((letter) => !this.resolved.has(nameOf(letter)));
  }

  /** All dead letters that the source service has stored, in the order of their topics. */
  deadLetters(): DeadLetter[] {
    return this.world.databases.source!.store.committed('dead_letter') as unknown as DeadLetter[];
  }

  itemsFor(letters: readonly DeadLetter[]): ReplayItem[] {
    const { random } = this.world;
    return letters.map((letter) => ({
      letter,
      replay: { replayId: random.uuid(), deadLetterId: random.uuid() },
    }));
  }

  /** Deals with all dead letters that have come since the last time: what nobody can read is put aside. */
  resolveDeadLetters(): void {
    const slot = this.world.slotsOf('source')[0]!;
    const letters = this.openLetters();
    for (const letter of letters) this.resolved.add(nameOf(letter));
    const isHopeless = ({ payload }: DeadLetter): boolean =>
      this.world.oracle.gates.isOrdered && payload === undefined;
    this.discard(letters.filter(isHopeless));
    this.replay(slot, this.itemsFor(letters.filter((letter) => !isHopeless(letter))));
  }

  /** Puts dead letters aside for good, as an operator does. */
  discard(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return;
    for (const letter of letters) {
      const { originTopic, originPartition, originOffset } = letter.failure;
      this.world.oracle.gates.discarded(
        messageIdOf(letter.value),
        `${originTopic}/${originPartition}/${originOffset}`,
      );
      this.resolved.add(nameOf(letter));
    }
    this.discards.add(letters);
    this.sendDiscards(letters);
  }

  /** Like the edge, which remembers a discard until Kafka has it, and may send it twice. */
  private sendDiscards(letters: readonly DeadLetter[]): void {
    const { random, scheduler } = this.world;
    if (!this.discards.has(letters)) return;
    scheduler.after(random.between(500, 2_000), undefined, () => this.sendDiscards(letters));
    const slots = this.world.slotsOf('source');
    if (slots.length === 0) return;
    const slot = random.pick(slots);
    const discarded = letters.map((letter) => ({ letter, deadLetterId: random.uuid() }));
    this.world.within(slot, (messaging) =>
      this.waitFor(slot, messaging.discard(discarded), () => this.discards.delete(letters)),
    );
  }

  /** Sends dead letters back, as an operator does. */
  replay(slot: Slot, items: readonly ReplayItem[]): void {
    const { oracle } = this.world;
    this.world.within(slot, (messaging) =>
      this.waitFor(slot, messaging.replay(items), () => {
        for (const { replay } of items) oracle.replayAcknowledged(replay.replayId);
      }),
    );
  }

  private submit(): void {
    const { random } = this.world;
    const slots = this.world.slotsOf('source');
    if (slots.length === 0) {
      this.world.scheduler.after(random.between(50, 300), undefined, () => this.submit());
      return;
    }
    const slot = random.pick(slots);
    this.world.within(slot, (messaging) =>
      this.waitFor(slot, this.transact(messaging), (ids) => this.world.oracle.acknowledged(ids)),
    );
  }

  private waitFor<T>(slot: Slot, work: Promise<T>, then: (result: T) => void): void {
    const { process } = slot;
    const answered = work.then(then, (error: Error) =>
      this.world.oracle.trace(() => ['client failed', process!.name, error.message]),
    );
    this.waiting.set(answered, process!);
    void answered.finally(() => this.waiting.delete(answered));
  }

  private transact(messaging: Messaging): Promise<readonly string[]> {
    const { random, oracle } = this.world;
    // Few keys where commands are ordered, so that much waits behind a message that fails.
    const from = oracle.gates.isOrdered ? accounts.slice(0, 3) : accounts;
    const keys = [...new Set(Array.from({ length: 1 + random.int(2) }, () => random.pick(from)))].sort();
    const definition = random.pick([Deposit, Deposit, Withdraw]);
    const sent = 1 + random.int(3);
    const isAbandoned = random.chance(0.1);
    return messaging.transaction(async (unit) => {
      await unit.tx.query({ ...lockAccounts, values: [keys] });
      // A slow transaction has low ids that become visible late.
      if (random.chance(0.25)) await delay(random.between(1, 700));
      const ids: string[] = [];
      for (let i = 0; i < sent; i++) {
        const chosen = random.chance(0.05) ? Ignored : random.chance(0.8) ? definition : Deposit;
        ids.push(unit.send(chosen, random.pick(keys), { behaviour: this.behaviour() }));
      }
      await unit.tx.query({ ...saveAccount, values: [keys[0], sent] });
      if (isAbandoned) throw new RolledBackByClient('changed my mind');
      return ids;
    });
  }

  private behaviour(): string {
    const { random, faults } = this.world;
    const dice = random.next();
    if (dice < 0.72) return 'ok';
    // Some fail in the external call, if there is one.
    const when = random.chance(0.5) ? '' : 'early-';
    if (dice < 0.78) return 'slow:'.concat(String(1 + random.int(600)));
    if (dice < 0.88) return `${when}retry:${1 + random.int(4)}`;
    if (dice < 0.94) return `${when}permanent`;
    if (dice < 0.97 || !faults.hasKillers) return 'bug';
    return 'killer';
  }
}

function nameOf({ topic, partition, offset }: DeadLetter): string {
  return `${topic}/${partition}/${offset}`;
}
