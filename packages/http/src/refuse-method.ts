import type { Request, RequestHandler, Response } from 'express';
import { Problem } from './problem.js';

/** Answers OPTIONS, and every other method that a known path does not know with 405; unknown paths pass. */
export function refuseMethod(routes: readonly { method: string; path: string }[]): RequestHandler {
  const patterns = routes.map(({ method, path }) => ({
    methods: method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`),
  }));
  return function refuseUnknownMethod(request: Request, response: Response, next: () => void): void {
    const methods = patterns.filter(({ pattern }) => pattern.test(request.path)).flatMap((p) => p.methods);
    if (methods.length === 0) {
      next();
      return;
    }
    const allow = [...new Set([...methods, 'OPTIONS'])].join(', ');
    if (request.method === 'OPTIONS') {
      response.statusCode = 204;
      response.setHeader('Allow', allow);
      response.end();
      return;
    }
    throw new Problem(405, 'method-not-allowed', `This resource knows ${allow}.`, {
      headers: { Allow: allow },
    });
  };
}
