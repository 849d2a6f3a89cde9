import type { Problem, ProblemCode } from './generated/api.js';

/** A code of the API, or one that a later version of it has added. */
export type ErrorCode = ProblemCode | (string & Record<never, never>);

/** The API has refused a request: `application/problem+json` (RFC 9457). Branch on `code`. */
export class FlorinError extends Error {
  override readonly name = 'FlorinError';
  /** Stable; `unexpected-answer` when what came was no problem document, e.g. the page of a proxy. */
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  /** The violated rules of a `validation-failed`, with JSON Pointers. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** Name it when you report a problem. */
  readonly traceId: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Partial<Problem> & { readonly status: number }, headers: Headers) {
    super(problem.detail ?? `The answer had status ${problem.status}.`);
    this.code = problem.code ?? 'unexpected-answer';
    this.status = problem.status;
    this.title = problem.title ?? '';
    this.errors = problem.errors ?? [];
    this.traceId = problem.traceId;
    this.requestId = headers.get('x-request-id') ?? undefined;
    this.retryAfterSeconds = retryAfterOf(headers);
  }
}

/** No answer has come: the network failed, or the time was up. Whether the request took effect is not known. */
export class FlorinConnectionError extends Error {
  override readonly name = 'FlorinConnectionError';

  constructor(
    readonly code: 'connection-failed' | 'timeout',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Reads the refusal from an answer that is no success. */
export async function refusalOf(response: Response): Promise<FlorinError> {
  const { status, headers } = response;
  const text = await response.text();
  if (!/\bjson\b/.test(headers.get('content-type') ?? '')) return new FlorinError({ status }, headers);
  try {
    return new FlorinError({ ...(JSON.parse(text) as Partial<Problem>), status }, headers);
  } catch {
    return new FlorinError({ status }, headers);
  }
}

/** `Retry-After` comes in seconds or as a date. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}
