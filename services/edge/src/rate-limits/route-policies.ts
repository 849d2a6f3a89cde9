import type { Route } from '@florin/http';
import { ConfigurationError } from '@florin/runtime';
import { type EdgeConfig, identityLimits } from '../config.js';
import type { Rate } from '../domain/rate.js';

type LimitedRoute = Pick<Route<never>, 'method' | 'operationId' | 'access' | 'query'>;

/** The quotas of callers, by policy: four classes of routes, the refusals, and routes that have a quota of their own. */
export function ratesOf(config: EdgeConfig): Readonly<Record<string, Rate>> {
  return {
    reads: config.RATE_LIMIT_READS,
    lists: config.RATE_LIMIT_LISTS,
    writes: config.RATE_LIMIT_WRITES,
    public: identityLimits(config).publicCalls,
    refusals: config.RATE_LIMIT_REFUSALS,
    ...config.RATE_LIMIT_ROUTES,
  };
}

/** Which quota calls to a route are counted by. */
export function policyOf(route: LimitedRoute, own: EdgeConfig['RATE_LIMIT_ROUTES']): string {
  if (Object.hasOwn(own, route.operationId)) return route.operationId;
  if (route.access === 'public') return 'public';
  if (route.method !== 'get') return 'writes';
  // What has pages may read a lot for each of them.
  return route.query !== undefined && 'cursor' in route.query.shape ? 'lists' : 'reads';
}

/** @throws ConfigurationError when a quota is for a route that does not exist */
export function refuseUnknownRoutes(
  own: EdgeConfig['RATE_LIMIT_ROUTES'],
  routes: readonly Pick<LimitedRoute, 'operationId'>[],
): void {
  const known = new Set(routes.map(({ operationId }) => operationId));
  const unknown = Object.keys(own).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new ConfigurationError(unknown.map((name) => `RATE_LIMIT_ROUTES: there is no operation ${name}`));
}
