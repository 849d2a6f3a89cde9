import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientEvent, cloudEvent } from './client-event.js';
import type { EventFeed, Listener } from './event-feed.js';
import type { ReadEvents } from './read-events.js';

const pageSize = 200;

export interface StreamOptions {
  readonly response: ServerResponse;
  readonly feed: EventFeed;
  readonly read: ReadEvents;
  readonly ownerId: string | undefined;
  /** Types that the client asked for; all when undefined. */
  readonly types: ReadonlySet<string> | undefined;
  /** Everything up to this event has been delivered. */
  readonly position: number;
  /** A client that takes nothing for so long is cut off; it resumes where it was. */
  readonly slowMs: number;
}

/**
 * One `text/event-stream` answer. While the client keeps up it takes what the feed reads. When its buffer is full it
 * leaves the feed and reads for itself once the buffer is empty, so that a slow client costs one page of memory.
 */
export class EventStream implements Listener {
  readonly ownerId: string | undefined;
  isLive = false;
  private position: number;
  /** The id that the client has. */
  private told: number;
  private catchingUp = false;

  constructor(private readonly options: StreamOptions) {
    this.ownerId = options.ownerId;
    this.position = options.position;
    this.told = options.position;
  }

  get isOpen(): boolean {
    const { response } = this.options;
    return !response.writableEnded && !response.destroyed;
  }

  /** Tells the client where it is, so that it can resume before the first event has come. */
  begin(retryMs: number): void {
    this.write(`retry: ${retryMs}\nid: ${this.position}\n\n`);
    this.catchUp();
  }

  take(events: readonly ClientEvent[], end: number): void {
    const text = events
      .filter((event) => event.sequence > this.position && this.wants(event))
      .map((event) => `id: ${event.sequence}\ndata: ${JSON.stringify(cloudEvent(event))}\n\n`);
    this.position = Math.max(this.position, end);
    if (text.length === 0) return;
    if (!this.write(text.join('')) && this.isLive) {
      this.isLive = false;
      this.catchUp();
    }
  }

  catchUp(): void {
    this.isLive = false;
    if (this.catchingUp) return;
    this.catchingUp = true;
    this.readOn().then(
      () => {
        this.catchingUp = false;
      },
      // The client resumes, and perhaps the database is back by then.
      () => this.options.response.destroy(),
    );
  }

  /** Shows that the connection is alive, and moves the id on when nothing was for this client. */
  beat(): void {
    if (!this.isLive) return;
    const moved = this.told < this.position;
    this.told = this.position;
    this.write(moved ? `id: ${this.position}\n\n` : ':\n\n');
  }

  /** Ends the stream; the client comes back after `retryMs`. */
  end(retryMs: number, code?: string): void {
    if (!this.isOpen) return;
    const why = code === undefined ? '' : `event: closed\ndata: ${JSON.stringify({ code })}\n\n`;
    this.options.response.end(`${why}retry: ${retryMs}\n\n`);
  }

  private async readOn(): Promise<void> {
    const { feed, read, ownerId } = this.options;
    for (;;) {
      await this.untilDrained();
      if (!this.isOpen) return;
      const upTo = feed.position;
      if (this.position >= upTo) {
        this.isLive = true;
        return;
      }
      const ownerIds = ownerId === undefined ? undefined : [ownerId];
      const { events, end } = await read({ after: this.position, upTo, limit: pageSize, ownerIds });
      this.take(events, end);
    }
  }

  private wants(event: ClientEvent): boolean {
    if (this.ownerId === undefined && event.repeated) return false;
    return this.options.types?.has(event.type) ?? true;
  }

  /** False when the buffer is full. */
  private write(text: string): boolean {
    return this.isOpen && this.options.response.write(text);
  }

  private async untilDrained(): Promise<void> {
    const { response, slowMs } = this.options;
    if (!response.writableNeedDrain || !this.isOpen) return;
    const ended = new AbortController();
    const wake = (): void => ended.abort();
    response.once('drain', wake).once('close', wake);
    await delay(slowMs, undefined, { signal: ended.signal }).then(
      () => response.destroy(),
      () => undefined,
    );
    response.off('drain', wake).off('close', wake);
  }
}
