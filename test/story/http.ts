import { randomUUID } from 'node:crypto';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** A fresh key for every POST unless one is given; null for none. */
  readonly idempotencyKey?: string | null;
}

const timeoutMs = 40_000;

/** One HTTP call. Any status is an answer; only a connection that fails throws. */
export async function call<T = Record<string, unknown>>(
  method: string,
  url: string,
  options: CallOptions = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  if (options.body !== undefined) headers['content-type'] ??= 'application/json';
  const key = options.idempotencyKey === undefined ? randomUUID() : options.idempotencyKey;
  if (method === 'POST' && key !== null) headers['idempotency-key'] = key;
  const response = await fetch(url, {
    method,
    headers,
    body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (json ? JSON.parse(text) : text) as T,
  };
}

/** The answer's body, or an error that shows what came instead of the expected status. */
export function expectStatus<T>(answer: Answer<T>, ...statuses: number[]): T {
  if (!statuses.includes(answer.status)) {
    throw new Error(
      `expected status ${statuses.join(' or ')}, got ${answer.status}: ${answer.text.slice(0, 500)}`,
    );
  }
  return answer.body;
}
