import type { RouteRequest } from '@florin/http';
import type { Origin } from '../domain/security-event.js';

/** Enough to tell an app from a browser from a script; longer ones are mostly there to be a nuisance. */
const maxUserAgent = 120;

/** From where a request came, for the security log. */
export function originOf(request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>): Origin {
  const userAgent = request.headers['user-agent']?.replace(/[^\x20-\x7e]/g, '').slice(0, maxUserAgent);
  return {
    // Node tells IPv4 addresses in the form of IPv6 when it listens on both.
    address: request.ip.replace(/^::ffff:(?=\d+\.)/, '') || null,
    userAgent: userAgent || null,
    requestId: request.requestId,
    traceId: request.traceId || null,
  };
}
