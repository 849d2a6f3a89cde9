import type { Request } from 'express';
import { Problem } from './problem.js';
import type { Route } from './route.js';

/**
 * Refuses a request whose `Accept` excludes everything that the route can answer with. Problems are sent in any case.
 * @throws Problem 406 `not-acceptable`
 */
export function requireAcceptable(request: Request, route: Pick<Route<never>, 'responses'>): void {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  const types = new Set(['application/json']);
  for (const { mediaTypes, events } of Object.values(route.responses)) {
    for (const type of mediaTypes ?? []) types.add(type);
    if (events) types.add('text/event-stream');
  }
  if (request.accepts([...types]) !== false) return;
  throw new Problem(406, 'not-acceptable', `This resource can be had as ${[...types].join(', ')}.`);
}
