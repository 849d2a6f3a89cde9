import { createParser } from 'eventsource-parser';
import type { Credentials } from './credentials.js';
import { FlorinConnectionError } from './errors.js';
import { sleep } from './retry.js';
import type { Transport } from './transport.js';

/** One server-sent event. */
export interface ServerEvent {
  /** Keep it, and give it as `lastEventId` to go on after a restart. */
  readonly id: string | undefined;
  readonly type: string;
  /** The parsed JSON of the event. */
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
 * `Last-Event-ID`, so that nothing is missed; a refusal ends the stream with its error.
 */
export async function* events(
  transport: Transport,
  credentials: Credentials,
  options: EventOptions,
): AsyncGenerator<ServerEvent, void, undefined> {
  let lastEventId = options.lastEventId;
  let pauseMs = reconnectMs;
  for (;;) {
    const connection = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, connection.signal]) : connection.signal;
    const queue: ServerEvent[] = [];
    const parser = createParser({
      // The first id comes before the first event: whoever loses the connection in between misses nothing either.
      onId: (id) => {
        lastEventId = id;
      },
      onEvent: ({ id, event = 'message', data }) => {
        // The token has expired, or the server stops: the next connection brings what follows, or the refusal.
        if (event !== 'closed') queue.push({ id, type: event, data: JSON.parse(data) });
      },
      onRetry: (ms) => {
        pauseMs = ms;
      },
    });
    try {
      const stream = await transport.send(
        {
          method: 'GET',
          path: `/v1/events${filterOf(options)}`,
          accept: 'text/event-stream',
          headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId },
          // The stream is open for hours; silence is watched below instead.
          timeoutMs: 2_147_483_647,
          signal,
        },
        credentials,
      );
      for await (const text of textOf(stream, options.silenceMs ?? defaultSilenceMs)) {
        parser.feed(text);
        yield* queue.splice(0);
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!(error instanceof FlorinConnectionError)) throw error;
    } finally {
      connection.abort();
    }
    if (options.signal?.aborted) return;
    // Jittered, because all clients of an instance lose their connections together.
    await sleep(pauseMs * (0.5 + Math.random()), options.signal).catch(() => undefined);
    if (options.signal?.aborted) return;
  }
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
