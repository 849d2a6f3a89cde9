import type { MessageDefinition } from '@florin/contracts';
import { OpsError } from './client.js';

const timeoutMs = 10_000;

export type SchemaState = 'registered' | 'new' | 'compatible' | 'incompatible';

/** A thin client of a Confluent-compatible schema registry. */
export class SchemaRegistry {
  constructor(private readonly url: string) {}

  /** How the schema of this version stands to what is registered; compatibility is BACKWARD_TRANSITIVE. */
  async check({ topic, name, schema }: MessageDefinition): Promise<SchemaState> {
    const subject = encodeURIComponent(`${topic}-${name}`);
    const versions = await this.request<number[]>('GET', `/subjects/${subject}/versions`);
    if (versions === undefined || versions.length === 0) return 'new';
    if (await this.request('POST', `/subjects/${subject}`, { schema })) return 'registered';
    for (const version of versions) {
      const path = `/compatibility/subjects/${subject}/versions/${version}`;
      const answer = await this.request<{ is_compatible: boolean }>('POST', path, { schema });
      if (answer?.is_compatible !== true) return 'incompatible';
    }
    return 'compatible';
  }

  /** @returns the id of the schema */
  async register({ topic, name, schema }: MessageDefinition): Promise<number> {
    const subject = encodeURIComponent(`${topic}-${name}`);
    await this.request('PUT', `/config/${subject}`, { compatibility: 'BACKWARD_TRANSITIVE' });
    const answer = await this.request<{ id: number }>('POST', `/subjects/${subject}/versions`, { schema });
    if (!answer) throw new OpsError(`${topic}-${name} could not be registered`, 'not-registered');
    return answer.id;
  }

  /** Undefined for what the registry does not have. */
  private async request<T>(method: string, path: string, body?: object): Promise<T | undefined> {
    let response: Response;
    try {
      response = await fetch(this.url + path, {
        method,
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw new OpsError(`${this.url} does not answer: ${(error as Error).message}`, 'unreachable');
    }
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new OpsError(`${method} ${path}: ${text.slice(0, 300)}`, String(response.status));
    return JSON.parse(text) as T;
  }
}
