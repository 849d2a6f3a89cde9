import type { Credentials } from './credentials.js';
import { FlorinConnectionError, FlorinError, refusalOf } from './errors.js';
import { inFlightDelayMs, isInFlight, type RetryPolicy, retryDelayMs, sleep } from './retry.js';

export interface CallOptions {
  /** Aborts the call with all its tries; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Of each try. Longer than the API waits for an outcome. */
  readonly timeoutMs?: number;
  /** Of a POST; a UUID by default. The tries of one call share it. Keep yours where it survives a crash. */
  readonly idempotencyKey?: string;
  /** Seconds to wait for the outcome, 30 at most; `respond-async` for not at all. */
  readonly prefer?: number | 'respond-async';
  /** W3C Trace Context to join. */
  readonly traceparent?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpCall extends CallOptions {
  readonly method: string;
  readonly path: string;
  readonly accept?: string;
  readonly body?: unknown;
}

export interface TransportOptions {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one call, again where that helps, and renews the token once when it was refused. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /** @throws FlorinError, FlorinConnectionError, or the reason of `call.signal` */
  async send(call: HttpCall, credentials: Credentials | undefined): Promise<Response> {
    const keyed = call.method === 'POST' ? { idempotencyKey: crypto.randomUUID(), ...given(call) } : call;
    let renewed = false;
    const inFlight = this.inFlightWait(call);
    for (let attempt = 1; ; attempt++) {
      const token = await credentials?.token();
      try {
        return await this.attempt(keyed, token);
      } catch (error) {
        call.signal?.throwIfAborted();
        if (
          isUnauthenticated(error) &&
          !renewed &&
          token !== undefined &&
          (await credentials?.renew(token))
        ) {
          renewed = true;
          continue;
        }
        if (isInFlight(error)) {
          // The work has been accepted: this is no failed try, but a question that came too early.
          attempt -= 1;
          await sleep(inFlight(error), call.signal);
          continue;
        }
        const delayMs = retryDelayMs(error, attempt, this.options.retry, Math.random());
        if (delayMs === undefined) throw error;
        await sleep(delayMs, call.signal);
      }
    }
  }

  /** How long to wait before the next question for an outcome. @throws its error when there is no time left */
  private inFlightWait(call: HttpCall): (error: FlorinError) => number {
    const { retry, timeoutMs } = this.options;
    const limitMs = retry.inFlightMs ?? call.timeoutMs ?? timeoutMs;
    let since: number | undefined;
    let waits = 0;
    return (error) => {
      since ??= performance.now();
      waits += 1;
      const remainingMs = since + limitMs - performance.now();
      const delayMs = inFlightDelayMs(error, waits, remainingMs, retry, Math.random());
      if (delayMs === undefined) throw error;
      return delayMs;
    };
  }

  private async attempt(call: HttpCall, token: string | undefined): Promise<Response> {
    const timeout = AbortSignal.timeout(call.timeoutMs ?? this.options.timeoutMs);
    let response: Response;
    try {
      response = await this.options.fetch(`${this.options.baseUrl}${call.path}`, {
        method: call.method,
        headers: headersOf(call, token, this.options.headers),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      });
      // The body is part of the answer: a connection that breaks in the middle of it has brought none.
      if (response.ok && !isStream(response)) return await buffered(response);
    } catch (cause) {
      if (timeout.aborted) throw new FlorinConnectionError('timeout', 'No answer came in time.', { cause });
      throw new FlorinConnectionError('connection-failed', 'The connection failed.', { cause });
    }
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

/** A key of undefined must not hide the one that was made. */
function given(call: HttpCall): HttpCall {
  const { idempotencyKey, ...rest } = call;
  return idempotencyKey === undefined ? rest : call;
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof FlorinError && error.code === 'unauthenticated';
}

function isStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') === true;
}

async function buffered(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const bytes = await response.arrayBuffer();
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers });
}

function headersOf(
  call: HttpCall,
  token: string | undefined,
  defaults: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers({ ...defaults, ...call.headers });
  headers.set('Accept', call.accept ?? 'application/json');
  if (call.body !== undefined) headers.set('Content-Type', 'application/json');
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  if (call.idempotencyKey !== undefined) headers.set('Idempotency-Key', call.idempotencyKey);
  if (call.traceparent !== undefined) headers.set('traceparent', call.traceparent);
  if (call.prefer !== undefined) {
    headers.set('Prefer', typeof call.prefer === 'number' ? `wait=${call.prefer}` : call.prefer);
  }
  return headers;
}
