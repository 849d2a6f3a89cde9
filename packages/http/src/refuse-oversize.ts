import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.js';

const maxUrlChars = 8 * 1024;
const maxHeaders = 100;

/** What no client of ours ever needs. The size of all headers together is limited by the server (`createServer`). */
export function refuseOversize(request: Request, _response: Response, next: NextFunction): void {
  if (request.url.length > maxUrlChars) {
    throw new Problem(414, 'uri-too-long', `The address is longer than ${maxUrlChars} characters.`);
  }
  // Names and values by turns.
  if (request.rawHeaders.length > 2 * maxHeaders) {
    throw new Problem(431, 'headers-too-large', `The request has more than ${maxHeaders} headers.`);
  }
  next();
}
