import { type RequestHandler, Router } from 'express';

/**
 * Routers by the first two segments of a path, such as `/v1/wallets`. Express compares a request with one route after the
 * other, and most of the hundred and more belong to other collections.
 */
export class Collections {
  private readonly routers = new Map<string, Router>();

  /** The router for a template; routes of one collection are compared in the order in which they are added to it. */
  routerOf(template: string): Router {
    const fixed = segmentsOf(template);
    const parameter = fixed.findIndex((segment) => segment.startsWith('{'));
    const name = keyOf(parameter === -1 ? fixed : fixed.slice(0, parameter));
    let router = this.routers.get(name);
    if (!router) {
      router = Router();
      this.routers.set(name, router);
    }
    return router;
  }

  /** Hands a request to its collection, the longer name first: what is fixed wins over parameters. */
  readonly dispatch: RequestHandler = (request, response, next) => {
    // A router would answer OPTIONS by itself.
    if (request.method === 'OPTIONS') {
      next();
      return;
    }
    const segments = segmentsOf(request.path);
    const candidates: Router[] = [];
    for (let length = segments.length; length >= 0; length--) {
      const router = this.routers.get(keyOf(segments.slice(0, length)));
      if (router) candidates.push(router);
    }
    const tryNext = (index: number): void => {
      const router = candidates[index];
      if (!router) {
        next();
        return;
      }
      router(request, response, (error?: unknown) => {
        if (error) next(error);
        else tryNext(index + 1);
      });
    };
    tryNext(0);
  };
}

function segmentsOf(path: string): string[] {
  return path.split('/', 3).slice(1);
}

/** Express compares paths without regard to upper and lower case. */
function keyOf(segments: readonly string[]): string {
  return segments.join('/').toLowerCase();
}
