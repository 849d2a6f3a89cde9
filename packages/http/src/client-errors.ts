import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newTraceparent, traceIdOf } from '@florin/observability';
import { Problem } from './problem.js';

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/** What the parser of Node objects to, before there is a request that a route could answer. */
function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(408, 'request-timeout', 'The request took too long to arrive.');
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(431, 'headers-too-large', 'The header of the request is too large.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem(413, 'body-too-large', 'The chunk extensions of the body are too large.');
    default:
      return new Problem(400, 'bad-request', 'This is not a request of HTTP/1.1.');
  }
}

/**
 * Answers what is no request and closes the connection, because nobody can tell where the next one would begin.
 * @param current the answer in progress on the connection
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  current: ServerResponse | undefined,
): void {
  // Into the middle of another answer nothing can be said.
  const isMidway = current?.headersSent && !current.writableFinished;
  if (!socket.writable || isMidway || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = problemOf(error.code);
  const body = JSON.stringify(problem.toDocument(traceIdOf(newTraceparent()) ?? ''));
  socket.end(
    `HTTP/1.1 ${problem.status} ${reasons[problem.status]}\r\n` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n' +
      body,
  );
  // The other side may never close its half.
  setTimeout(() => socket.destroy(), 1_000).unref();
}
