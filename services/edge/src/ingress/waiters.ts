import type { ResourceRef } from './submission.js';

/** The resource as a client sees it. */
export type Representation = Readonly<Record<string, unknown>>;

/** Why there will be no such resource: the problem that the call is answered with. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** A state that ends a wait. */
export interface Outcome {
  /** False when the resource is not done, but nothing will happen to it soon. */
  readonly final: boolean;
  readonly representation: Representation;
  /** Missing for a business decline, which is an outcome like others. */
  readonly refusal?: Refusal;
}

interface Waiter {
  readonly resolve: (outcome: Outcome | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

/** A call that waits for its resource. */
export interface PendingWait {
  /** Undefined when the time is up. */
  readonly outcome: Promise<Outcome | undefined>;
  cancel(): void;
}

/** HTTP calls of this process that wait for a projection. */
export class Waiters {
  private readonly byResource = new Map<string, Set<Waiter>>();

  /** Starts to wait; to be called before the command is committed, so that no answer is too fast to be seen. */
  wait(resource: ResourceRef, timeoutMs: number): PendingWait {
    const id = identityOf(resource);
    let waiter: Waiter | undefined;
    const outcome = new Promise<Outcome | undefined>((resolve) => {
      waiter = { resolve, timer: setTimeout(() => this.finish(id, waiter!, undefined), timeoutMs) };
      const waiting = this.byResource.get(id);
      if (waiting) waiting.add(waiter);
      else this.byResource.set(id, new Set([waiter]));
    });
    return { outcome, cancel: () => this.finish(id, waiter!, undefined) };
  }

  /** Wakes the calls that wait for a resource; false when none does in this process. */
  wake(resource: ResourceRef, outcome: Outcome): boolean {
    const id = identityOf(resource);
    const waiting = this.byResource.get(id);
    if (!waiting) return false;
    for (const waiter of [...waiting]) this.finish(id, waiter, outcome);
    return true;
  }

  /** Ends every wait: a stopping edge answers 202 at once instead of holding its connections open. */
  cancelAll(): void {
    for (const [id, waiting] of [...this.byResource]) {
      for (const waiter of [...waiting]) this.finish(id, waiter, undefined);
    }
  }

  private finish(id: string, waiter: Waiter, outcome: Outcome | undefined): void {
    clearTimeout(waiter.timer);
    const waiting = this.byResource.get(id);
    waiting?.delete(waiter);
    if (waiting?.size === 0) this.byResource.delete(id);
    waiter.resolve(outcome);
  }
}

function identityOf(resource: ResourceRef): string {
  return `${resource.kind} ${resource.id}`;
}
