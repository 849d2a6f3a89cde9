import type { Logger } from '@florin/observability';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { endAnswer } from './end-answer.js';
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
    // The deadline has answered for a handler that then failed.
    if (response.writableEnded) return;
    if (response.headersSent) {
      // Half an answer is out: breaking the connection is the only way to tell the client.
      response.destroy();
      return;
    }
    const problem = known ?? new Problem(500, 'internal-error', 'Something went wrong on our side.');
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    const text = JSON.stringify(problem.toDocument(traceId));
    response.statusCode = problem.status;
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(text));
    endAnswer(request, response, text);
  };
}

/** Errors of Express, recognised by the `status` that they carry. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status } = error as Error & { status?: number };
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(status, 'bad-request', 'The request could not be read.');
  }
  return undefined;
}
