import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The parts of a Compose service that the tests look at; the schema has judged the rest. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly user?: string;
  readonly restart: string;
  readonly environment: Readonly<Record<string, string | number | null>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy: { readonly resources: { readonly limits: { readonly memory?: string } } };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const repositoryRoot = new URL('../../', import.meta.url);

export function readText(path: string): string {
  return readFileSync(new URL(path, repositoryRoot), 'utf8');
}

/** `docker-compose.yml` as Compose sees it, with variables replaced as `env` and their defaults say. */
export function readComposeFile(env: Environment = {}): ComposeFile {
  // The limit on aliases protects from hostile files; this one merges aliases into aliases on purpose.
  return parse(interpolate(readText('docker-compose.yml'), env), { merge: true, maxAliasCount: -1 });
}

function interpolate(text: string, env: Environment): string {
  return text.replace(/\$(\$|\{(\w+):-([^}]*)\})/g, (_match, kind: string, name: string, fallback: string) =>
    kind === '$' ? '$' : env[name] || fallback,
  );
}

/** The environment of the container: a variable without a value is passed on, if there is one. */
export function environmentOf(service: ComposeService, env: Environment = {}): Record<string, string> {
  const entries = Object.entries(service.environment).map(([name, value]) => [name, value ?? env[name]]);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined).map(([n, v]) => [n, String(v)]),
  );
}
