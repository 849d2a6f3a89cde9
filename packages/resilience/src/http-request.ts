export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Appended to the base URL: `/sms/messages?to=…`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Idempotency-Key`; makes the request safe to repeat whatever its method. */
  readonly idempotencyKey?: string;
  /** Lets the caller give up. */
  readonly signal?: AbortSignal;
  /** Milliseconds since the Unix epoch; no attempt starts after it or lasts past it. */
  readonly deadlineAt?: number;
  /** A longer answer is an error; 1 MiB when left out. */
  readonly maxAnswerBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; text when the answer is not JSON; undefined when it is empty. */
  readonly body: unknown;
}

const idempotentMethods: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** True when sending the request twice has the effect of sending it once (RFC 9110 §9.2.2, or by its key). */
export function isIdempotent(request: HttpRequest): boolean {
  return request.idempotencyKey !== undefined || idempotentMethods.has(request.method);
}
