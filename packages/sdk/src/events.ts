import type { Credentials } from './credentials.js';
import { FlorinConnectionError, FlorinError } from './errors.js';
import { EventParser, type ParsedEvent } from './event-parser.js';
import { isPassing, sleep } from './retry.js';
import type { Transport } from './transport.js';

/** One event of the stream, a CloudEvent. */
export interface ServerEvent {
  /** Keep it, and give it as `lastEventId` to go on after a restart. */
  readonly id: string | undefined;
  /** E.g. `transaction.completed`. */
  readonly type: string;
  /** Path of what it happened to, e.g. `/v1/transactions/01a1…`. */
  readonly subject: string | undefined;
  /** RFC 3339. */
  readonly time: string | undefined;
  readonly data: unknown;
}

export interface EventOptions {
  /** Goes on behind this event. */
  readonly lastEventId?: string;
  /** Only these types, e.g. `transaction.completed`. */
  readonly types?: readonly string[];
  /** For API keys: only what this customer would hear of. */
  readonly ownerId?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** A connection that says nothing for so long, not even a comment, is taken for dead. */
  readonly silenceMs?: number;
}

const defaultSilenceMs = 60_000;
const reconnectMs = 1_000;

/**
 * Follows `GET /v1/events` for as long as the caller wants. When the connection ends or breaks it is made anew with
 * `Last-Event-ID`, so that nothing is missed; a refusal that does not pass ends the stream with its error.
 */
export async function* events(
  transport: Transport,
  credentials: Credentials,
  options: EventOptions,
): AsyncGenerator<ServerEvent, void, undefined> {
  let lastEventId = options.lastEventId;
  let retryMs = reconnectMs;
  for (;;) {
    const connection = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, connection.signal]) : connection.signal;
    const parser = new EventParser(lastEventId);
    let askedMs = 0;
    try {
      const stream = await transport.send(
        {
          method: 'GET',
          path: `/v1/events${filterOf(options)}`,
          accept: 'text/event-stream',
          headers: lastEventId ? { 'Last-Event-ID': lastEventId } : {},
          // The stream is open for hours; silence is watched below instead.
          timeoutMs: 2_147_483_647,
          signal,
        },
        credentials,
      );
      for await (const text of textOf(stream, options.silenceMs ?? defaultSilenceMs)) {
        for (const event of parser.feed(text)) {
          lastEventId = event.id;
          // The token has expired, or the server stops: the next connection brings what follows, or the refusal.
          if (event.event !== 'closed') yield eventOf(event);
        }
        lastEventId = parser.lastEventId;
        retryMs = parser.retryMs ?? retryMs;
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      // Whoever listens for hours outlives the restart of a server.
      if (!isPassing(error)) throw error;
      if (error instanceof FlorinError) askedMs = (error.retryAfterSeconds ?? 0) * 1_000;
    } finally {
      connection.abort();
    }
    if (options.signal?.aborted) return;
    // Jittered, because all clients of an instance lose their connections together.
    await sleep(askedMs + retryMs * (0.5 + Math.random()), options.signal).catch(() => undefined);
    if (options.signal?.aborted) return;
  }
}

function eventOf({ id, data }: ParsedEvent): ServerEvent {
  const { type, subject, time, data: content } = JSON.parse(data) as Omit<ServerEvent, 'id'>;
  return { id, type, subject, time, data: content };
}

function filterOf({ types, ownerId }: EventOptions): string {
  const query = new URLSearchParams();
  if (types) query.set('types', types.join());
  if (ownerId !== undefined) query.set('ownerId', ownerId);
  return query.size === 0 ? '' : `?${query}`;
}

/** @throws FlorinConnectionError when the connection breaks or falls silent */
async function* textOf(response: Response, silenceMs: number): AsyncGenerator<string> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read(), silenceMs);
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function orSilence<T>(work: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = () => new FlorinConnectionError('timeout', 'The stream of events has fallen silent.');
    timer = setTimeout(() => reject(error()), silenceMs);
  });
  try {
    return await Promise.race([work, silence]);
  } catch (cause) {
    if (cause instanceof FlorinConnectionError) throw cause;
    throw new FlorinConnectionError('connection-failed', 'The stream of events broke.', { cause });
  } finally {
    clearTimeout(timer);
  }
}
