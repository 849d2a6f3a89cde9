import type { IdempotencyClaim, ResourceRef, StoredAnswer } from './submission.js';

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

/** What a waiting call hears. */
export interface Heard extends Outcome {
  /** The answer under its Idempotency-Key, when it has been stored with the outcome. */
  readonly answer?: StoredAnswer;
}

/** A call that holds the claim of its Idempotency-Key. */
export interface KeyedWait {
  readonly claim: IdempotencyClaim;
  readonly traceId: string;
}

interface Waiter {
  readonly resolve: (heard: Heard | undefined) => void;
  readonly timer: NodeJS.Timeout;
  keyed?: KeyedWait;
}

/** A call that waits for its resource. */
export interface PendingWait {
  /** Undefined when the time is up. */
  readonly outcome: Promise<Heard | undefined>;
  /** To be called when the call has been accepted, and so holds its key: its answer may be stored with the outcome from then on. */
  setKey(keyed: KeyedWait): void;
  cancel(): void;
}

/** HTTP calls of this process that wait for a projection. */
export class Waiters {
  private readonly byResource = new Map<string, Set<Waiter>>();

  /** Starts to wait; to be called before the command is committed, so that no answer is too fast to be seen. */
  wait(resource: ResourceRef, timeoutMs: number): PendingWait {
    const id = identityOf(resource);
    let waiter: Waiter | undefined;
    const outcome = new Promise<Heard | undefined>((resolve) => {
      waiter = { resolve, timer: setTimeout(() => this.finish(id, waiter!, undefined), timeoutMs) };
      const waiting = this.byResource.get(id);
      if (waiting) waiting.add(waiter);
      else this.byResource.set(id, new Set([waiter]));
    });
    return {
      outcome,
      setKey: (keyed) => {
        waiter!.keyed = keyed;
      },
      cancel: () => this.finish(id, waiter!, undefined),
    };
  }

  /** The calls with a key of theirs that wait for a resource in this process. */
  keyed(resource: ResourceRef): readonly KeyedWait[] {
    return [...(this.byResource.get(identityOf(resource)) ?? [])].flatMap(({ keyed }) => keyed ?? []);
  }

  /**
   * Wakes the calls that wait for a resource; false when none does in this process.
   * @param answers that have been stored with the outcome
   */
  wake(resource: ResourceRef, outcome: Outcome, answers?: ReadonlyMap<KeyedWait, StoredAnswer>): boolean {
    const id = identityOf(resource);
    const waiting = this.byResource.get(id);
    if (!waiting) return false;
    for (const waiter of [...waiting]) {
      const answer = waiter.keyed && answers?.get(waiter.keyed);
      this.finish(id, waiter, answer ? { ...outcome, answer } : outcome);
    }
    return true;
  }

  /** Ends every wait: a stopping edge answers 202 at once instead of holding its connections open. */
  cancelAll(): void {
    for (const [id, waiting] of [...this.byResource]) {
      for (const waiter of [...waiting]) this.finish(id, waiter, undefined);
    }
  }

  private finish(id: string, waiter: Waiter, heard: Heard | undefined): void {
    clearTimeout(waiter.timer);
    const waiting = this.byResource.get(id);
    waiting?.delete(waiter);
    if (waiting?.size === 0) this.byResource.delete(id);
    waiter.resolve(heard);
  }
}

function identityOf(resource: ResourceRef): string {
  return `${resource.kind} ${resource.id}`;
}
