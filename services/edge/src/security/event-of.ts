import type { RouteRequest } from '@florin/http';
import type { Clock } from '@florin/observability';
import type { SecurityEvent } from '../domain/security-event.js';
import { originOf } from './origin.js';

/** What a route knows about an event besides its request. */
export type RouteEvent = Omit<SecurityEvent, 'origin' | 'occurredAt'>;

/** An event of the security log that a request has caused. */
export function eventOf(
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>,
  { clock }: { readonly clock: Clock },
  event: RouteEvent,
): SecurityEvent {
  return { ...event, origin: originOf(request), occurredAt: new Date(clock.now()) };
}

/** What a customer did to the own account. */
export function ownEvent(
  customerId: string,
  event: Omit<RouteEvent, 'actor' | 'customerId' | 'outcome'>,
): RouteEvent {
  return { ...event, outcome: 'succeeded', actor: `customer:${customerId}`, customerId };
}
