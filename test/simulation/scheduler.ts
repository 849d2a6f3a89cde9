// The real one, which lets all promises of a step run to their end; only the global of this name is virtual.
import { setImmediate as afterMicrotasks } from 'node:timers';

/** An operating-system process of the simulated world. What belongs to a dead one never runs again. */
export class SimulatedProcess {
  alive = true;
  /** Until then its timers and the answers it waits for are held back, while the rest of the world goes on. */
  frozenUntilMs = 0;
  /** Until then the network holds back what it asks of its database. */
  stalledUntilMs = 0;

  constructor(
    readonly name: string,
    readonly service: string,
  ) {}
}

export interface Scheduled {
  timeMs: number;
  order: number;
  readonly owner: SimulatedProcess | undefined;
  /** Undefined once cancelled. */
  action: (() => void) | undefined;
}

/**
 * Virtual time and everything that waits in it. One event runs at a time, then every promise it settled runs to its
 * end: all code of a world runs in an order that follows from its seed alone, and `current` always tells whose it is.
 */
export class Scheduler {
  nowMs = 0;
  current: SimulatedProcess | undefined;
  events = 0;
  private readonly heap: Scheduled[] = [];
  private orders = 0;

  constructor(
    /** Asked before each event of a process; false when the event must not run because the process has just died. */
    private readonly beforeStep: (process: SimulatedProcess) => boolean,
  ) {}

  /** Events without an owner are those of the servers: no process has to be alive for them. */
  after(delayMs: number, owner: SimulatedProcess | undefined, action: () => void): Scheduled {
    const event: Scheduled = {
      timeMs: this.nowMs + Math.max(0, delayMs),
      order: this.orders++,
      owner,
      action,
    };
    this.push(event);
    return event;
  }

  /** Runs events until `isOver` says so; rejects with what an event of a server throws. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (this.runUntilProcessStep(isOver)) resolve();
          else afterMicrotasks(step);
        } catch (error) {
          reject(error as Error);
        }
      };
      step();
    });
  }

  /** True when the run is over. Server events settle no promises, so they need no turn of the real event loop. */
  private runUntilProcessStep(isOver: () => boolean): boolean {
    for (;;) {
      this.current = undefined;
      if (isOver()) return true;
      const event = this.pop();
      if (!event) throw new Error('nothing is left to happen, and the world is not at rest');
      const { owner, action } = event;
      if (!action || (owner && !owner.alive)) continue;
      this.nowMs = event.timeMs;
      if (owner && owner.frozenUntilMs > this.nowMs) {
        event.timeMs = owner.frozenUntilMs;
        event.order = this.orders++;
        this.push(event);
        continue;
      }
      this.events++;
      if (!owner) {
        action();
        continue;
      }
      if (!this.beforeStep(owner)) continue;
      this.current = owner;
      action();
      return false;
    }
  }

  private push(event: Scheduled): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): Scheduled | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}
