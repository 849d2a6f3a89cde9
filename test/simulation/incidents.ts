import type { Incident } from './faults.js';
import { forge } from './messages.js';
import type { StoredRecord } from './records.js';
import type { Workload } from './workload.js';
import type { Slot, World } from './world.js';

const killAfterMs = 10_000;

/** Lets the incidents of a seed happen. */
export class Incidents {
  constructor(
    private readonly world: World,
    private readonly workload: Workload,
  ) {}

  plan(durationMs: number): void {
    const { random, scheduler, faults } = this.world;
    for (const incident of faults.incidents) {
      scheduler.after(random.between(200, durationMs), undefined, () => {
        if (!faults.isOn) return;
        this.world.oracle.trace(() => ['incident', incident]);
        this.effects[incident]();
      });
    }
  }

  private readonly effects: Record<Incident, () => void> = {
    crash: () => this.onSlot((slot) => this.world.crash(slot.process!)),
    freeze: () => this.onSlot((slot) => this.freeze(slot)),
    stall: () => this.onSlot((slot) => this.stall(slot)),
    deploy: () => this.onSlot((slot) => this.deploy(slot)),
    'database outage': () => {
      const database = this.world.random.pick(Object.values(this.world.databases));
      database.goDown();
      this.later(1_500, () => database.goUp());
    },
    'broker outage': () => {
      this.world.broker.isDown = true;
      this.later(2_500, () => {
        this.world.broker.isDown = false;
      });
    },
    'provider outage': () => {
      this.world.isProviderDown = true;
      this.later(1_500, () => {
        this.world.isProviderDown = false;
      });
    },
    rebalance: () => {
      for (const group of this.world.broker.groups.values()) {
        if (this.world.random.chance(0.5)) group.rebalance();
      }
    },
    'duplicate record': () => this.copy((value) => value),
    'forged record': () => this.copy((value) => value && forge(value)),
    'undecodable record': () => this.copy((value) => this.garbage(value)),
    replay: () => this.replay(),
    discard: () => this.discard(),
  };

  private onSlot(action: (slot: Slot) => void): void {
    const running = this.world.slots.filter((slot) => slot.process?.alive);
    if (running.length > 0) action(this.world.random.pick(running));
  }

  private later(withinMs: number, action: () => void): void {
    this.world.scheduler.after(this.world.random.between(20, withinMs), undefined, action);
  }

  /** SIGSTOP, often for longer than a lease and a session last. */
  private freeze({ process }: Slot): void {
    const { random, scheduler, broker } = this.world;
    process!.frozenUntilMs = scheduler.nowMs + random.between(300, 7_000);
    for (const group of broker.groups.values()) group.watch(process!);
  }

  /** Packets to the database are lost for a while: requests arrive, but later than a lease lasts. */
  private stall({ process }: Slot): void {
    process!.stalledUntilMs = this.world.scheduler.nowMs + this.world.random.between(1_000, 6_000);
  }

  /** SIGTERM, then another process; SIGKILL when it does not end in time. */
  private deploy(slot: Slot): void {
    const process = slot.process!;
    this.world.within(slot, (messaging) => {
      slot.messaging = undefined;
      const end = (): void => this.world.crash(process, 10);
      messaging.stop().then(end, end);
    });
    this.world.scheduler.after(killAfterMs, undefined, () => {
      if (slot.messaging === undefined && slot.process === process) this.world.crash(process);
    });
  }

  /** Somebody writes a record into a topic, made from one that is there. */
  private copy(change: (value: Buffer | null) => Buffer | null): void {
    const { random, broker, oracle } = this.world;
    const records: StoredRecord[] = (broker.topics.get('wallet.commands') ?? []).flat();
    if (records.length === 0) return;
    const record = random.pick(records);
    const value = change(record.value);
    oracle.foreignRecord(value);
    broker.append([{ ...record, value, headers: {} }], 'somebody');
  }

  private garbage(value: Buffer | null): Buffer | null {
    const { random } = this.world;
    return random.pick([
      Buffer.from('no message'),
      Buffer.from([0, 0, 0, 0, 99, 1, 2, 3]),
      Buffer.alloc(0),
      value?.subarray(0, 20) ?? null,
    ]);
  }

  private replay(): void {
    const { random } = this.world;
    const slots = this.world.slotsOf('source');
    const letters = this.workload.openLetters().filter(() => random.chance(0.7));
    if (slots.length === 0 || letters.length === 0) return;
    const items = this.workload.itemsFor(letters);
    this.workload.replay(random.pick(slots), items);
    // A second click, or the operator's process started again.
    if (random.chance(0.4)) this.later(500, () => this.workload.replay(random.pick(slots), items));
  }

  private discard(): void {
    const { random } = this.world;
    this.workload.discard(this.workload.openLetters().filter(() => random.chance(0.5)));
  }
}
