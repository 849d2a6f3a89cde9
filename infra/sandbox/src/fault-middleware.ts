import { setTimeout as delay } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Faults, ProviderName } from './faults.js';
import { problem } from './problem.js';

/** Puts the fault of a provider in front of its API. Nothing was acted upon when a call fails here. */
export function faultMiddleware(faults: Faults, provider: ProviderName): RequestHandler {
  return async (_request, response, next) => {
    const fault = faults.draw(provider);
    switch (fault.mode) {
      case 'error':
        problem(response, 503, 'sandbox-fault', `the fault of ${provider} is switched on`);
        return;
      case 'timeout':
        // The answer never comes; the connection ends when the client gives up or the sandbox stops.
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'slow':
        await delay(fault.latencyMs, undefined, { ref: false });
        next();
        return;
      case 'ok':
        next();
    }
  };
}
