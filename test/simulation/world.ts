import type { Messaging } from '@florin/messaging';
import type { Codec } from '@florin/messaging/testing';
import { FakeBroker } from './fake-broker.js';
import { FakeDatabase } from './fake-database.js';
import { Faults } from './faults.js';
import { Incidents } from './incidents.js';
import { deadLetterGroup, sourceGroup, targetGroup } from './messages.js';
import { Oracle } from './oracle.js';
import { Random } from './random.js';
import { Scheduler, SimulatedProcess } from './scheduler.js';
import { createService } from './services.js';
import { enterWorld, leaveWorld } from './virtual-globals.js';
import { Workload } from './workload.js';

/** A place where a process of a service runs, and is started again when it has died. */
export interface Slot {
  readonly service: 'source' | 'target';
  readonly name: string;
  starts: number;
  process: SimulatedProcess | undefined;
  messaging: Messaging | undefined;
}

const troubleMs = 5_000;
/** Longer than every back-off, lease, session and retry tier together. */
const patienceMs = 120_000;
const maxRounds = 40;
const lookEveryMs = 100;
const firstEpochMs = Date.UTC(2030, 0, 1);

/** A few processes of two services, their databases and their broker: everything that follows from one seed. */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly oracle = new Oracle();
  readonly faults: Faults;
  readonly broker: FakeBroker;
  readonly databases: Record<string, FakeDatabase>;
  readonly slots: Slot[] = [];
  readonly clock: { now(): number };
  isProviderDown = false;
  /** True once what made messages fail on purpose is repaired. */
  isHealed = false;
  /** True once everything has come to rest and all dead letters are sent back. */
  isReplaying = false;
  private readonly workload: Workload;

  constructor(
    readonly seed: number,
    readonly codec: Codec,
    isTracing = false,
  ) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler((process) => this.beforeStep(process));
    const { random, scheduler, oracle } = this;
    this.faults = new Faults(random);
    oracle.gates.isOrdered = random.chance(0.5);
    this.broker = new FakeBroker(scheduler, random, this.faults, oracle);
    const database = (name: string) => new FakeDatabase(name, scheduler, random, this.faults, oracle);
    this.databases = { source: database('source'), target: database('target') };
    oracle.isTracing = isTracing;
    oracle.broker = this.broker;
    oracle.databases = this.databases;
    oracle.nameOf = (value) => codec.peek(value)?.name;
    // A day for each seed: ids of one world never meet those of another, and do not depend on which ran before.
    const epochMs = firstEpochMs + seed * 86_400_000;
    this.clock = { now: () => Math.floor(epochMs + scheduler.nowMs) };
    enterWorld(scheduler, random, epochMs);
    this.workload = new Workload(this);
  }

  /** Runs the world to its end; returns the promise that was broken, if any. */
  async run(): Promise<string | undefined> {
    const onRejection = (error: unknown): void =>
      this.oracle.violate(`unhandled rejection, the process would end: ${(error as Error)?.stack ?? error}`);
    process.on('unhandledRejection', onRejection);
    try {
      await this.live();
    } finally {
      process.off('unhandledRejection', onRejection);
      leaveWorld();
    }
    return this.oracle.violation;
  }

  private async live(): Promise<void> {
    const { oracle, workload } = this;
    this.populate();
    workload.plan(troubleMs * 0.6);
    new Incidents(this, workload).plan(troubleMs);
    this.scheduler.after(this.random.between(0.3, 1) * troubleMs, undefined, () => {
      this.isHealed = true;
    });
    await this.runUntil(troubleMs);
    this.endTrouble();
    await this.runToRest();
    if (!oracle.violation) oracle.checkAtRest();
    if (oracle.violation) return;
    this.isReplaying = true;
    // What was parked may become a dead letter in its turn, one message of a key after the other.
    let rounds = 0;
    do {
      if (++rounds > maxRounds) oracle.violate('gates stay closed although every dead letter was dealt with');
      workload.resolveDeadLetters();
      await this.runToRest();
      if (!oracle.violation) oracle.checkAtRest();
    } while (!oracle.violation && oracle.gates.closed > 0);
    if (!oracle.violation) oracle.checkHealed();
  }

  /** SIGKILL: nothing of the process runs any more; servers notice later. A new one is started in its place. */
  crash(process: SimulatedProcess, restartMs = this.random.between(50, 800)): void {
    if (!process.alive) return;
    this.oracle.trace(() => ['crash', process.name]);
    process.alive = false;
    this.databases[process.service]!.forget(process);
    for (const group of this.broker.groups.values()) group.watch(process);
    const slot = this.slots.find((candidate) => candidate.process === process)!;
    slot.messaging = undefined;
    this.scheduler.after(restartMs, undefined, () => this.start(slot));
  }

  /** Runs code inside a process, as if it had just received a request. */
  within(slot: Slot, action: (messaging: Messaging) => void): void {
    const { process, messaging } = slot;
    if (!process || !messaging) return;
    this.scheduler.after(0.1, process, () => action(messaging));
  }

  slotsOf(service: Slot['service']): Slot[] {
    return this.slots.filter((slot) => slot.service === service && slot.messaging);
  }

  private populate(): void {
    for (const service of ['source', 'target'] as const) {
      const instances = 1 + this.random.int(2);
      for (let i = 0; i < instances; i++) {
        const slot: Slot = {
          service,
          name: `${service}-${i}`,
          starts: 0,
          process: undefined,
          messaging: undefined,
        };
        this.slots.push(slot);
        this.scheduler.after(this.random.between(0, 50), undefined, () => this.start(slot));
      }
    }
  }

  private start(slot: Slot): void {
    const process = new SimulatedProcess(`${slot.name}#${++slot.starts}`, slot.service);
    slot.process = process;
    this.oracle.trace(() => ['start', process.name]);
    this.scheduler.after(0, process, () => {
      const messaging = createService(this, process);
      messaging.start().then(
        () => {
          slot.messaging = messaging;
        },
        (error: Error) => {
          this.oracle.trace(() => ['start failed', process.name, error.message]);
          this.crash(process);
        },
      );
    });
  }

  private beforeStep(process: SimulatedProcess): boolean {
    if (!this.faults.crashNow()) return true;
    this.crash(process);
    return false;
  }

  private endTrouble(): void {
    this.oracle.trace(() => ['end of trouble']);
    this.faults.isOn = false;
    this.isHealed = true;
    this.isProviderDown = false;
    this.broker.isDown = false;
    for (const database of Object.values(this.databases)) database.goUp();
  }

  private async runUntil(timeMs: number): Promise<void> {
    await this.scheduler.run(() => this.oracle.violation !== undefined || this.scheduler.nowMs >= timeMs);
  }

  private async runToRest(): Promise<void> {
    const deadline = this.scheduler.nowMs + patienceMs;
    let unrest = 'not looked yet';
    const look = (): void => {
      unrest = this.unrest();
      if (unrest === '') return;
      if (this.scheduler.nowMs > deadline) this.oracle.violate(`the world does not come to rest: ${unrest}`);
      this.scheduler.after(lookEveryMs, undefined, look);
    };
    this.scheduler.after(lookEveryMs, undefined, look);
    await this.scheduler.run(() => this.oracle.violation !== undefined || unrest === '');
  }

  /** What is still under way, in words; empty when nothing is. */
  private unrest(): string {
    const { broker, databases, slots, workload } = this;
    const notReady = slots.find((slot) => !slot.messaging?.isReady());
    if (notReady) return `${notReady.name} is not ready`;
    const frozen = slots.find(({ process }) => process!.frozenUntilMs > this.scheduler.nowMs);
    if (frozen) return `${frozen.name} is frozen`;
    if (workload.isBusy) return 'a client waits';
    if (broker.lateRequests > 0) return 'a request is on its way';
    for (const { name, store } of Object.values(databases)) {
      const rows = store.table('outbox').rows.size;
      if (rows > 0) return `the outbox of ${name} has ${rows} rows`;
      if (!store.isIdle) return `transactions of ${name} are open`;
    }
    for (const { id, lag, members } of broker.states()) {
      if (lag > 0 || members === 0) return `group ${id} is ${lag} records behind, with ${members} members`;
    }
    const gates = this.oracle.gates.unrest();
    if (gates !== '') return gates;
    const groups = [targetGroup.name, sourceGroup.name].flatMap((name) => [name, `${name}.retry`]);
    const missing = [...groups, deadLetterGroup].find((id) => !broker.groups.has(id));
    return missing === undefined ? '' : `group ${missing} was never joined`;
  }
}
