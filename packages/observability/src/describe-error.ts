/** What a log line tells about an error. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  /** Not named `code`, which log lines censor because one-time codes are called so. */
  readonly errorCode?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

const maxDepth = 5;

/**
 * Picks what may be logged. Other properties of an error stay out, because libraries keep data there: PostgreSQL's
 * `detail` quotes the row, a body parser's `body` the request, an HTTP client's `config` the credentials.
 */
export function describeError(error: unknown, depth = 1): ErrorDescription {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { errorCode: code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && depth < maxDepth && { cause: describeError(error.cause, depth + 1) }),
  };
}
