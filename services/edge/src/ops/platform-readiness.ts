import type { Readiness } from '@florin/http';
import type { Messaging } from '@florin/messaging';
import type { Logger } from '@florin/observability';

const cachedMs = 1_000;

/**
 * Ready only when every service is consuming: a client that sees the edge ready can rely on the whole path. The answer
 * is kept for a second, so that probes cannot load the broker.
 */
export function createPlatformReadiness(options: {
  messaging: Messaging;
  logger: Logger;
}): () => Promise<Readiness> {
  const { messaging, logger } = options;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let latest: Promise<boolean> = Promise.resolve(false);

  return async () => {
    if (!messaging.isReady()) return { ready: false, waitingFor: ['edge'] };
    // Real time on purpose: a test that has stopped its clock still becomes ready.
    if (performance.now() - checkedAt >= cachedMs) {
      checkedAt = performance.now();
      latest = messaging.admin.everyGroupConsumes().catch((error: Error) => {
        logger.warn({ err: error }, 'consumer groups could not be described');
        return false;
      });
    }
    return (await latest) ? { ready: true } : { ready: false, waitingFor: ['consumer groups'] };
  };
}
