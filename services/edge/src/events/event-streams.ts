import type { ServerResponse } from 'node:http';
import type { Database } from '@florin/database';
import { Problem } from '@florin/http';
import { type Clock, Counter, Gauge, type Logger, type Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import { clientEventsPosition } from '../db/client-events-position.js';
import { clientEventsFloor } from '../db/delete-client-events.js';
import { registerListener, touchListeners } from '../db/event-listeners.js';
import type { PrismaClient } from '../db/generated/client.js';
import { everyone } from './client-event.js';
import { EventFeed } from './event-feed.js';
import { EventStream } from './event-stream.js';
import { createEventReader } from './read-events.js';

export interface StreamLimits {
  readonly perCaller: number;
  readonly total: number;
}

export interface StreamRequest {
  /** Who the limit is for. */
  readonly caller: string;
  /** Whose events; undefined for everyone's. */
  readonly ownerId: string | undefined;
  readonly types: ReadonlySet<string> | undefined;
  /** The last event that the client has; undefined to begin with the next one. */
  readonly lastEventId: number | undefined;
  /** What the stream is going to be written to; its place is free again when this closes. */
  readonly response: ServerResponse;
  /** Rejects once the caller may not listen any more. */
  readonly authorize: () => Promise<unknown>;
}

export interface EventStreams {
  /**
   * Finds a place for a stream, and where it begins; what it returns begins it.
   * @throws Problem 410 when events behind `lastEventId` may be gone, 429 or 503 when there is no place
   */
  admit(request: StreamRequest): Promise<() => void>;
  /** Tells every instance that events have been committed. */
  wake(): void;
  start(): Promise<void>;
  /** Ends all streams: their clients go to another instance. */
  endAll(): void;
  stop(): Promise<void>;
}

const retryMs = 1_000;
const beatMs = 15_000;
/** How long a revoked session or key may go on listening. */
const authorizeMs = 1_000;
const touchMs = 60 * 60_000;
const slowMs = 30_000;

export function createEventStreams(options: {
  readonly database: Database;
  readonly prisma: PrismaClient;
  readonly redis: Redis;
  readonly channel: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly limits: StreamLimits;
}): EventStreams {
  const { database, redis, channel, clock, logger, limits } = options;
  const read = createEventReader(options);
  const feed = new EventFeed({ read, position: () => clientEventsPosition(database), logger });
  const open = new Map<EventStream, NodeJS.Timeout[]>();
  const places = new Map<string, number>();
  let taken = 0;
  let stopping = false;
  observe(options.metrics, () => taken);
  const refused = refusals(options.metrics);
  // A connection in subscriber mode can send no other command, so it needs to be one of its own.
  const subscriber = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  subscriber.on('error', (error) => logger.warn({ err: error }, 'event channel lost, reconnecting'));
  subscriber.on('message', () => feed.wake());
  // What was published while the channel was away is read now.
  subscriber.on('ready', () => feed.wake());

  function takePlace(caller: string): void {
    if (stopping || taken >= limits.total) {
      refused.inc({ reason: 'total' });
      throw new Problem(503, 'overloaded', 'This instance holds as many streams as it may.', {
        headers: { 'Retry-After': '5' },
      });
    }
    const own = places.get(caller) ?? 0;
    if (own >= limits.perCaller) {
      refused.inc({ reason: 'caller' });
      throw new Problem(429, 'too-many-streams', `A caller may hold ${limits.perCaller} streams at once.`, {
        headers: { 'Retry-After': '5' },
      });
    }
    taken++;
    places.set(caller, own + 1);
  }

  function leavePlace(caller: string): void {
    taken--;
    const own = places.get(caller)! - 1;
    if (own === 0) places.delete(caller);
    else places.set(caller, own);
  }

  function begin(request: StreamRequest, position: number): void {
    const { ownerId, types, response } = request;
    if (response.destroyed) return;
    const stream = new EventStream({ response, feed, read, ownerId, types, position, slowMs });
    const timers = [
      setInterval(() => stream.beat(), beatMs),
      setInterval(() => touchOwner(ownerId), touchMs),
      setInterval(() => void recheck(request, stream), authorizeMs),
    ];
    open.set(stream, timers);
    response.once('close', () => {
      for (const timer of timers) clearInterval(timer);
      open.delete(stream);
      feed.remove(stream);
    });
    feed.add(stream, position);
    stream.begin(retryMs);
    if (stopping) stream.end(retryMs);
  }

  function touchOwner(ownerId: string | undefined): void {
    touchListeners(database, [ownerId ?? everyone], new Date(clock.now())).catch((error: Error) => {
      logger.warn({ err: error }, 'a listener could not be noted');
    });
  }

  return {
    async admit(request) {
      const { caller, response } = request;
      takePlace(caller);
      // Whatever becomes of the call, its answer closes; it may have done so already.
      if (response.destroyed) leavePlace(caller);
      else response.once('close', () => leavePlace(caller));
      const position = await startOf(database, request, clock.now());
      return () => begin(request, position);
    },
    wake() {
      feed.wake();
      redis.publish(channel, '').catch((error: Error) => {
        logger.warn({ err: error }, 'events could not be announced');
      });
    },
    async start() {
      await subscriber.connect();
      await subscriber.subscribe(channel);
    },
    endAll() {
      stopping = true;
      // Not all at the same moment, and none before another instance may have taken over.
      for (const stream of open.keys()) stream.end(retryMs + Math.round(Math.random() * 2_000));
    },
    async stop() {
      subscriber.disconnect();
      await feed.stop();
    },
  };
}

async function recheck(request: StreamRequest, stream: EventStream): Promise<void> {
  try {
    await request.authorize();
  } catch (error) {
    // When it cannot be told who calls, nobody is told anything; the client comes back.
    stream.end(retryMs, error instanceof Problem ? error.code : 'temporarily-unavailable');
  }
}

/** @throws Problem 410 */
async function startOf(
  database: Database,
  { ownerId, lastEventId }: StreamRequest,
  nowMs: number,
): Promise<number> {
  const since = await registerListener(database, ownerId ?? everyone, new Date(nowMs));
  const { settled } = await clientEventsPosition(database);
  if (lastEventId === undefined) return settled;
  const oldest = Math.max(since, await clientEventsFloor(database));
  if (lastEventId >= oldest && lastEventId <= settled) return lastEventId;
  throw new Problem(
    410,
    'events-gone',
    'Events after the given id are not kept any more. Read the objects again, and listen without an id.',
  );
}

function observe(metrics: Registry, taken: () => number): void {
  new Gauge({
    name: 'florin_event_streams',
    help: 'Open streams of server-sent events',
    registers: [metrics],
    collect() {
      this.set(taken());
    },
  });
}

function refusals(metrics: Registry): Counter<'reason'> {
  return new Counter({
    name: 'florin_event_streams_refused_total',
    help: 'Streams that found no place, by limit',
    labelNames: ['reason'],
    registers: [metrics],
  });
}
