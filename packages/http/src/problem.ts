/** One violated rule of a request; `pointer` is an RFC 6901 JSON Pointer into the body (or `/query/…`, `/params/…`). */
export interface ProblemError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions extends ErrorOptions {
  /** Defaults to the code in words: `otp-invalid` becomes `One-time code invalid`. */
  readonly title?: string;
  readonly errors?: readonly ProblemError[];
  /** Headers of the answer, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The wire form of RFC 9457, `application/problem+json`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly ProblemError[];
  readonly traceId: string;
}

/**
 * A refusal that the caller shall see. Throw it anywhere below a route; everything else that is thrown is answered
 * as `internal-error` without details.
 */
export class Problem extends Error {
  readonly title: string;
  readonly errors: readonly ProblemError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    /** Stable, kebab-case; clients branch on it. */
    readonly code: string,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options);
    this.name = 'Problem';
    this.title = options.title ?? titleOf(code);
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  toDocument(traceId: string): ProblemDocument {
    return {
      type: `urn:florin:problem:${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.detail,
      code: this.code,
      ...(this.errors && { errors: this.errors }),
      traceId,
    };
  }
}

/** The answer for an object that does not exist or that belongs to someone else: both look the same. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not-found', `There is no such ${what}.`);
}

/** Words of codes that people write in another way. */
const spellings: Readonly<Record<string, string>> = {
  api: 'API',
  iso: 'ISO',
  json: 'JSON',
  otp: 'one-time code',
};

/** The code in words: `otp-invalid` becomes `One-time code invalid`. */
export function titleOf(code: string): string {
  const words = code
    .split('-')
    .map((word) => spellings[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
