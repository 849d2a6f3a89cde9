import { actorOf, type Caller, type Route, type RouteRequest } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { originOf } from './origin.js';

/** Partners call these all day, and what they do stands in the ledger with their name. */
const busyScopes: ReadonlySet<string> = new Set(['cards:authorize', 'payouts:write']);

/**
 * Puts every call of an API key that may change something on record before it is carried out: no operator acts
 * without a trace, whatever dies afterwards. What came of the call stands with the object that it is about. Keys
 * have events of their own, in the transactions that change them.
 */
export function recordOperatorCalls(route: Route<EdgeContext>): Route<EdgeContext> {
  if (!isOfOperators(route)) return route;
  return {
    ...route,
    async handler(context, request) {
      if (isApiKey(request.caller)) await record(context, route, request, request.caller);
      return route.handler(context, request);
    },
  };
}

function isOfOperators({ method, access, path }: Route<EdgeContext>): boolean {
  if (method === 'get' || typeof access === 'string' || path.startsWith('/v1/api-keys')) return false;
  return !busyScopes.has('scope' in access ? access.scope : access.customerOrScope);
}

function isApiKey(caller: Caller | undefined): caller is Caller & { kind: 'api-key' } {
  return caller?.kind === 'api-key';
}

async function record(
  { securityLog, clock }: EdgeContext,
  { operationId }: Route<EdgeContext>,
  request: RouteRequest,
  caller: Caller,
): Promise<void> {
  const ids = Object.values((request.params ?? {}) as Readonly<Record<string, unknown>>);
  await securityLog.write({
    event: 'operator.called',
    outcome: 'succeeded',
    actor: actorOf(caller),
    ...(ids.length > 0 && { subject: ids.join('/') }),
    detail: { operation: operationId },
    origin: originOf(request),
    occurredAt: new Date(clock.now()),
  });
}
