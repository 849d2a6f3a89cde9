import type { Logger } from '@florin/observability';
import type { EventsPosition } from '../db/client-events-position.js';
import type { ClientEvent } from './client-event.js';
import type { ReadEvents } from './read-events.js';

/** A stream as the feed sees it. */
export interface Listener {
  /** Undefined listens to everyone. */
  readonly ownerId: string | undefined;
  /** True while it takes what the feed reads; false while it reads for itself. */
  readonly isLive: boolean;
  /** Takes the events of a range that ends at `end`. */
  take(events: readonly ClientEvent[], end: number): void;
  /** Reads for itself until it has reached the position of the feed. */
  catchUp(): void;
}

const pageSize = 1_000;
/** When a wake-up is lost, and while another transaction holds back what has been committed. */
const pollMs = 1_000;
const unsettledPollMs = 10;
const backOffMs = 500;

/** Reads new events once for all streams of this instance, while there are any. */
export class EventFeed {
  private readonly listeners = new Set<Listener>();
  private at = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly options: {
      readonly read: ReadEvents;
      readonly position: () => Promise<EventsPosition>;
      readonly logger: Logger;
    },
  ) {}

  /** Everything up to here has been handed to the listeners that are live. */
  get position(): number {
    return this.at;
  }

  /** @param settled an event up to which the listener has everything, or will read it for itself */
  add(listener: Listener, settled: number): void {
    if (this.listeners.size === 0) this.at = Math.max(this.at, settled);
    this.listeners.add(listener);
    this.schedule(0);
  }

  remove(listener: Listener): void {
    this.listeners.delete(listener);
  }

  /** To be called when something may have been committed. */
  wake(): void {
    if (this.stopped || this.listeners.size === 0) return;
    if (this.running) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.stopped || this.listeners.size === 0) return;
    this.timer = setTimeout(() => this.wake(), delayMs);
  }

  private async run(): Promise<void> {
    let nextMs = pollMs;
    try {
      nextMs = (await this.readOn()) ? pollMs : unsettledPollMs;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'events could not be read, trying again');
      nextMs = backOffMs;
    }
    this.running = undefined;
    const now = this.again && nextMs !== backOffMs;
    this.again = false;
    this.schedule(now ? 0 : nextMs);
  }

  /** False when there is more that nobody may read yet. */
  private async readOn(): Promise<boolean> {
    const { drawn, settled } = await this.options.position();
    while (this.at < settled && !this.stopped) {
      // A listener that turns live during the read has not been asked for: it reads this part for itself.
      const audience = [...this.listeners].filter(({ isLive }) => isLive);
      const owners = audience.map(({ ownerId }) => ownerId);
      const ownerIds = owners.includes(undefined) ? undefined : [...new Set(owners as string[])];
      const { events, end } =
        audience.length === 0
          ? { events: [], end: settled }
          : await this.options.read({ after: this.at, upTo: settled, limit: pageSize, ownerIds });
      this.at = end;
      hand(audience, events, end);
      const heard = new Set(audience);
      for (const listener of this.listeners) {
        if (listener.isLive && !heard.has(listener)) listener.catchUp();
      }
    }
    return settled >= drawn;
  }
}

function hand(audience: readonly Listener[], events: readonly ClientEvent[], end: number): void {
  const byOwner = new Map<string, ClientEvent[]>();
  for (const event of events) {
    const own = byOwner.get(event.ownerId);
    if (own) own.push(event);
    else byOwner.set(event.ownerId, [event]);
  }
  for (const listener of audience) {
    if (!listener.isLive) continue;
    listener.take(listener.ownerId === undefined ? events : (byOwner.get(listener.ownerId) ?? []), end);
  }
}
