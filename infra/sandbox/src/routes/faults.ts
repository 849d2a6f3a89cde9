import { type Express, json } from 'express';
import type { SandboxContext } from '../context.js';
import { faultSchema, type ProviderName, providers } from '../faults.js';
import { parseBody, problem } from '../problem.js';

const isProvider = (name: string): name is ProviderName => (providers as readonly string[]).includes(name);

/** `PUT /faults/{provider}` and `GET /faults`. */
export function faultRoutes(app: Express, { faults, logger }: SandboxContext): void {
  app.get('/faults', (_request, response) => {
    response.json(faults.all());
  });
  app.put('/faults/:provider', json(), (request, response) => {
    const { provider } = request.params;
    if (!isProvider(provider)) {
      problem(response, 404, 'unknown-provider', `providers are ${providers.join(', ')}`);
      return;
    }
    const fault = parseBody(faultSchema, request.body, response);
    if (!fault) return;
    faults.put(provider, fault);
    logger.info({ provider, fault }, 'fault changed');
    response.json({ provider, ...fault });
  });
}
