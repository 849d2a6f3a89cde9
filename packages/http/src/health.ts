import type { Registry } from '@florin/observability';
import type { Express } from 'express';

export interface Readiness {
  readonly ready: boolean;
  /** Names of what is not there yet. */
  readonly waitingFor?: readonly string[];
}

export type IsReady = () => boolean | Readiness | Promise<boolean | Readiness>;

/** `/health/live`: the process answers. `/health/ready`: it can do its work. `/metrics`: Prometheus text format. */
export function mountHealth(app: Express, options: { isReady: IsReady; metrics: Registry }): void {
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

  app.get('/metrics', async (_request, response) => {
    response.type(options.metrics.contentType).send(await options.metrics.metrics());
  });
}
