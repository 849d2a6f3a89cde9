import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const single = /new (?:Counter|Gauge|Histogram)(?:<[^>]*>)?\(\{\s*name: '([^']+)'/g;
/** Gauges that are looked up together are the keys of one object. */
const together = /^\s+([a-z]+_[a-z_]+): \{\s*help:/gm;

/** The names of the metrics of all services, from the sources of everything that runs. */
export function registeredMetrics(): string[] {
  const code = ['packages', 'services', 'infra'].flatMap(sourcesIn).map((path) => readFileSync(path, 'utf8'));
  return [single, together].flatMap((pattern) =>
    [...code.join('\n').matchAll(pattern)].map(([, name]) => name!),
  );
}

function sourcesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => !/node_modules|\/dist\/|\/generated\/|\.test\.ts$|\.d\.ts$/.test(file))
    .map((file) => join(root, folder, file));
}
