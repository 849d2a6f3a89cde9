import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxBodyBytes } from './read-body.js';

/** A client that has not read its answer by then is not going to. */
const readWithinMs = 30_000;
/** How long, and how much, of a body that nobody wants is taken off the wire so that its sender sees the answer. */
const lingerMs = 1_000;
const lingerBytes = 4 * maxBodyBytes;

/** Ends an answer, also to a client that is slow to read it or that is still sending. */
export function endAnswer(request: IncomingMessage, response: ServerResponse, text?: string | Buffer): void {
  if (!request.complete && isLong(request)) {
    linger(request, response, text);
    return;
  }
  response.end(text);
  // Nothing is left to be sent in nearly every case: then it costs no timer.
  if (response.writableLength > 0) cutOffSlowReader(response);
}

/** Short bodies are read to their end by Node, so that the connection can be used again. */
function isLong(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  if (length === undefined) return request.headers['transfer-encoding'] !== undefined;
  return Number(length) > maxBodyBytes;
}

/**
 * Closing a connection with unread data on it makes the kernel reset it, and a reset can overtake the answer. So the answer
 * is sent in whole, what still comes is thrown away for a moment, and only then the connection is closed.
 */
function linger(request: IncomingMessage, response: ServerResponse, text: string | Buffer = ''): void {
  response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.flushHeaders();
  if (text.length > 0) response.write(text);
  let discarded = 0;
  const close = (): void => {
    clearTimeout(timer);
    request.off('data', discard).off('end', close).off('close', close);
    response.end();
  };
  const discard = (chunk: Buffer): void => {
    discarded += chunk.length;
    if (discarded > lingerBytes) close();
  };
  const timer = setTimeout(close, lingerMs);
  request.on('data', discard).on('end', close).on('close', close);
  request.resume();
}

function cutOffSlowReader(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), readWithinMs);
  response.once('close', () => clearTimeout(timer));
}
