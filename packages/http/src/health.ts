import { createHash, timingSafeEqual } from 'node:crypto';
import type { Registry } from '@florin/observability';
import type { Express } from 'express';
import { Problem } from './problem.js';

export interface Readiness {
  readonly ready: boolean;
  /** Names of what is not there yet. */
  readonly waitingFor?: readonly string[];
}

export type IsReady = () => boolean | Readiness | Promise<boolean | Readiness>;

export interface HealthOptions {
  readonly isReady: IsReady;
  readonly metrics: Registry;
  /** Who reads the metrics has to send it as a bearer token; anyone may without. */
  readonly metricsToken?: string | undefined;
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work. `/metrics`: Prometheus text format. */
export function mountHealth(app: Express, options: HealthOptions): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });

  app.get('/health/ready', async (_request, response) => {
    const answer = await options.isReady();
    const readiness: Readiness = typeof answer === 'boolean' ? { ready: answer } : answer;
    response.status(readiness.ready ? 200 : 503).json({
      status: readiness.ready ? 'ready' : 'not-ready',
      ...(readiness.waitingFor && { waitingFor: readiness.waitingFor }),
    });
  });

  const scrape = sharedScrape(options.metrics);
  app.get('/metrics', async (request, response) => {
    if (!isAllowed(request.headers.authorization, options.metricsToken)) {
      throw new Problem(401, 'unauthenticated', 'The metrics need the token of METRICS_TOKEN.', {
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    }
    response.type(options.metrics.contentType).send(await scrape());
  });
}

/** Some metrics are looked up in a database: however many ask for them at once, one look-up runs at a time. */
function sharedScrape(metrics: Registry): () => Promise<string> {
  let running: Promise<string> | undefined;
  return () => {
    running ??= metrics.metrics().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function isAllowed(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true;
  // Hashes have one length, and comparing them takes one time.
  const [sent, expected] = [authorization ?? '', `Bearer ${token}`].map((text) =>
    createHash('sha256').update(text).digest(),
  );
  return timingSafeEqual(sent!, expected!);
}
