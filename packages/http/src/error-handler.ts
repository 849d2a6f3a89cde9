import type { Logger } from '@florin/observability';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { Problem } from './problem.js';
import { contextOf } from './request-context.js';

export interface ErrorHandlerOptions {
  readonly logger: Logger;
  /** Names errors of other layers that deserve a better answer than 500, e.g. a database that is away. */
  readonly translateError?: (error: unknown) => Problem | undefined;
}

/** Answers every error as `application/problem+json`; what is not a `Problem` is logged and answered without detail. */
export function problemHandler(options: ErrorHandlerOptions): ErrorRequestHandler {
  return function answerProblem(error: unknown, request: Request, response: Response, _next): void {
    const { traceId, requestId, route } = contextOf(response);
    const known =
      error instanceof Problem ? error : (frameworkProblem(error) ?? options.translateError?.(error));
    if (!known || known.status >= 500) {
      options.logger.error(
        { err: error, traceId, requestId, route, method: request.method },
        'request raised an error',
      );
    }
    if (response.headersSent) {
      // Half an answer is out: breaking the connection is the only way to tell the client.
      response.destroy();
      return;
    }
    const problem = known ?? new Problem(500, 'internal-error', 'Something went wrong on our side.');
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    response
      .status(problem.status)
      .setHeader('Cache-Control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(problem.toDocument(traceId)));
  };
}

/** Errors of Express and its body parser, recognised by the `type` or `status` that they carry. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as Error & { type?: string; status?: number };
  switch (type) {
    case 'entity.too.large':
      return new Problem(413, 'body-too-large', 'The body exceeds 1 MiB.');
    case 'entity.parse.failed':
      return new Problem(400, 'malformed-json', 'The body is not valid JSON.');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem(415, 'unsupported-media-type', 'The encoding of the body is not supported.');
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(status, 'bad-request', 'The request could not be read.');
  }
  return undefined;
}
