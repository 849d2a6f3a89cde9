import type { RequestHandler } from 'express';
import { refuseMethod } from './refuse-method.js';

/**
 * Refuses methods that a path without parameters does not have. Otherwise Express would go on to the template that the path fits
 * as well, and `DELETE /sessions/refresh` would end the session with the id `refresh`.
 */
export function refuseMethodsOfFixedPaths(
  routes: readonly { readonly method: string; readonly path: string }[],
): RequestHandler {
  const fixed = [...new Set(routes.map(({ path }) => path).filter((path) => !path.includes('{')))];
  const resources = new Map(
    fixed.map((path) => {
      const own = routes.filter((route) => route.path === path);
      const methods = new Set(own.map(({ method }) => method.toUpperCase()));
      // Express answers HEAD by itself where there is a GET.
      return [
        path,
        { methods: methods.has('GET') ? methods.add('HEAD') : methods, refuse: refuseMethod(own) },
      ];
    }),
  );
  return (request, response, next) => {
    const resource = resources.get(request.path.replace(/\/$/, ''));
    if (resource === undefined || resource.methods.has(request.method)) next();
    else resource.refuse(request, response, next);
  };
}
