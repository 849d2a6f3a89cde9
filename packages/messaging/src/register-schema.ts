import { setTimeout as delay } from 'node:timers/promises';

const maxAttempts = 6;
const timeoutMs = 10_000;

/**
 * Registers a schema under BACKWARD_TRANSITIVE compatibility and returns its id.
 *
 * All services start at once and register the same schemas. The registry client reads a subject's compatibility,
 * registers, and only then sets it, and fails when it meets a subject that another process has just made. Here each
 * request is idempotent and the rule comes first, so a crash in between leaves no subject without it.
 * @throws Error when the schema is incompatible with a released version or the registry does not answer
 */
export async function registerSchema(registryUrl: string, subject: string, schema: string): Promise<number> {
  const name = encodeURIComponent(subject);
  for (let attempt = 1; ; attempt++) {
    try {
      await request('PUT', `${registryUrl}/config/${name}`, { compatibility: 'BACKWARD_TRANSITIVE' });
      const version = await request('POST', `${registryUrl}/subjects/${name}/versions`, { schema });
      return version.id;
    } catch (error) {
      // Requests of two processes may collide inside the registry as well.
      if (attempt === maxAttempts || error instanceof IncompatibleSchemaError) throw error;
      await delay(Math.random() * 50 * 2 ** attempt);
    }
  }
}

/** The registry refuses a schema that could not read what earlier versions have written. */
export class IncompatibleSchemaError extends Error {
  readonly code = 'schema-incompatible';
  readonly retryable = false;
}

async function request(method: string, url: string, body: object): Promise<{ id: number }> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as { id: number };
  const problem = `${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`;
  if (response.status === 409 && text.includes('ncompatible')) throw new IncompatibleSchemaError(problem);
  throw new Error(problem);
}
