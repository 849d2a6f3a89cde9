import { setTimeout as delay } from 'node:timers/promises';
import { LocalError } from './local-error.js';
import { type Seed, seedStages } from './seed-data.js';

export interface SeedOptions {
  readonly edgeUrl: string;
  /** API key of the back office. */
  readonly apiKey: string;
}

type Item = Readonly<Record<string, unknown>>;

const visibleWithinMs = 30_000;
const pollMs = 100;

/**
 * Defines wallet types, transaction types, beneficiary rules and application types through the public API, and resolves
 * when all of them can be read. What is there already stays as it is.
 * @throws LocalError when the edge refuses something or it does not appear in time
 */
export async function seed(options: SeedOptions): Promise<void> {
  for (const stage of seedStages()) {
    await Promise.all(stage.map((collection) => seedCollection(options, collection)));
  }
}

async function seedCollection(options: SeedOptions, collection: Seed): Promise<void> {
  const missing = await missingItems(options, collection);
  await Promise.all(missing.map((item) => create(options, collection.path, item)));
  // Definitions travel through Kafka: they are done when the read model of the edge has them.
  const giveUpAt = performance.now() + visibleWithinMs;
  for (let left = missing; left.length > 0; left = await missingItems(options, collection)) {
    if (performance.now() > giveUpAt) {
      throw new LocalError('seed-failed', `${collection.path} still lacks ${left.length} of the seeds`);
    }
    await delay(pollMs);
  }
}

async function missingItems(options: SeedOptions, { path, identity, items }: Seed): Promise<readonly Item[]> {
  const response = await request(options, 'GET', `${path}?limit=200`);
  const { data } = (await response.json()) as { data: Item[] };
  const key = (item: Item): string => JSON.stringify(identity.map((field) => item[field]));
  const present = new Set(data.map(key));
  return items.filter((item) => !present.has(key(item)));
}

async function create(options: SeedOptions, path: string, item: Item): Promise<void> {
  const response = await request(options, 'POST', path, item);
  await response.arrayBuffer();
}

async function request(
  { edgeUrl, apiKey }: SeedOptions,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const response = await fetch(edgeUrl + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(visibleWithinMs),
  });
  // 409: another start has defined it in the meantime.
  if (response.ok || (method === 'POST' && response.status === 409)) return response;
  const problem = (await response.text()).slice(0, 500);
  throw new LocalError('seed-failed', `${method} ${path} answered ${response.status}: ${problem}`);
}
