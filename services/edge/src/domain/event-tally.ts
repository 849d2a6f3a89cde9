import {
  type CountedSecurityEvent,
  noOrigin,
  type SecurityEvent,
  type SecurityEventName,
} from './security-event.js';

export interface TallyLimits {
  readonly windowMs: number;
  /** So many of the same event of one origin are written one by one in a window; the others are counted. */
  readonly maxEach: number;
  /** So many events of one name are written one by one in a window. */
  readonly maxSingle: number;
  /** Origins of one name that are counted apart in a window; all beyond them share one count. */
  readonly maxOrigins: number;
}

/** For each name 1,000 + 500 + 1 rows a minute at most, whatever an attacker does. */
export const tallyLimits: TallyLimits = {
  windowMs: 60_000,
  maxEach: 10,
  maxSingle: 1_000,
  maxOrigins: 500,
};

interface Count {
  readonly seen: number;
  /** Those of them that are in no row yet. */
  readonly suppressed: number;
  readonly last: SecurityEvent;
}

interface Window {
  readonly origins: Map<string, Count>;
  singles: number;
  /** What came from more origins than are counted apart. */
  rest: Count | undefined;
}

/**
 * Turns what anybody on the network can cause into a bounded number of rows: the first events of each origin as they
 * are, so that the log shows an attack when it begins, and the flood behind them as one row with a number.
 */
export class EventTally {
  private windows = new Map<SecurityEventName, Window>();
  private ready: CountedSecurityEvent[] = [];
  private windowEndsAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: TallyLimits = tallyLimits) {}

  add(event: SecurityEvent): void {
    const now = event.occurredAt.getTime();
    this.closeWindow(now);
    if (this.windows.size === 0) this.windowEndsAt = now + this.limits.windowMs;
    const window = this.windows.get(event.event) ?? { origins: new Map(), singles: 0, rest: undefined };
    this.windows.set(event.event, window);
    const key = originOf(event);
    const known = window.origins.get(key);
    if (!known && window.origins.size >= this.limits.maxOrigins) {
      window.rest = next(window.rest, withoutOrigin(event), 1);
      return;
    }
    const isSingle = (known?.seen ?? 0) < this.limits.maxEach && window.singles < this.limits.maxSingle;
    if (isSingle) {
      window.singles += 1;
      this.ready.push({ ...event, occurrences: 1 });
    }
    window.origins.set(key, next(known, event, isSingle ? 0 : 1));
  }

  /** What can be written at `now`, in milliseconds; nothing is held back at the end of time. */
  take(now: number): readonly CountedSecurityEvent[] {
    this.closeWindow(now);
    return this.ready.splice(0);
  }

  private closeWindow(now: number): void {
    if (now < this.windowEndsAt) return;
    for (const { origins, rest } of this.windows.values()) {
      for (const { suppressed, last } of [...origins.values(), ...(rest ? [rest] : [])]) {
        if (suppressed > 0) this.ready.push({ ...last, occurrences: suppressed });
      }
    }
    this.windows = new Map();
    this.windowEndsAt = Number.NEGATIVE_INFINITY;
  }
}

function next(count: Count | undefined, last: SecurityEvent, suppressed: number): Count {
  return { seen: (count?.seen ?? 0) + 1, suppressed: (count?.suppressed ?? 0) + suppressed, last };
}

function originOf({ reason, actor, customerId, origin }: SecurityEvent): string {
  return JSON.stringify([reason, actor, customerId, origin.address]);
}

/** What events of many origins have in common. */
function withoutOrigin({ event, outcome, occurredAt }: SecurityEvent): SecurityEvent {
  return { event, outcome, occurredAt, actor: 'anonymous', reason: 'many-origins', origin: noOrigin };
}
