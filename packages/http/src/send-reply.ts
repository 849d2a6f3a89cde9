import type { Request, Response } from 'express';
import { entityTag, isKnown } from './conditional.js';
import { endAnswer } from './end-answer.js';
import type { RouteReply } from './route.js';

/** Sends what a handler has answered, unless the deadline has answered before. */
export function sendReply(request: Request, response: Response, reply: RouteReply): void {
  if (response.headersSent) return;
  response.statusCode = reply.status;
  // Answers hold personal data and tokens; no cache on the way may keep them.
  response.setHeader('Cache-Control', 'no-store');
  if (reply.headers) {
    for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  }
  if (reply.stream && request.method === 'GET') {
    reply.stream(response);
    return;
  }
  if (reply.body === undefined) {
    endAnswer(request, response);
    return;
  }
  if (!response.hasHeader('Content-Type')) {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  }
  const text =
    typeof reply.body === 'string' || Buffer.isBuffer(reply.body) ? reply.body : JSON.stringify(reply.body);
  if (reply.status === 200 && (request.method === 'GET' || request.method === 'HEAD')) {
    // The client may keep the answer for itself, if it asks each time whether it still holds.
    if (!reply.headers?.['Cache-Control']) response.setHeader('Cache-Control', 'private, no-cache');
    if (isUnchanged(request, response, text)) {
      response.statusCode = 304;
      response.removeHeader('Content-Type');
      response.end();
      return;
    }
  }
  response.setHeader('Content-Length', Buffer.byteLength(text));
  endAnswer(request, response, text);
}

function isUnchanged(request: Request, response: Response, text: string | Buffer): boolean {
  if (!response.hasHeader('ETag')) response.setHeader('ETag', entityTag(text));
  return isKnown(request.headers['if-none-match'], String(response.getHeader('ETag')));
}
