import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './paths.js';
import { serviceNames } from './service-names.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One line for each variable that a service would refuse, found with the services' own configurations, so that it is
 * known before any server starts.
 */
export async function configurationProblems(env: Environment): Promise<string[]> {
  const root = pathToFileURL(repositoryRoot);
  const found = await Promise.all(
    serviceNames.map(async (name) => {
      const config: { readConfig(env: Environment): unknown } = await import(
        new URL(`services/${name}/dist/config.js`, root).href
      );
      return problemsOf(() => config.readConfig(env));
    }),
  );
  return [...new Set(found.flat())];
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (isConfigurationError(error)) return error.problems;
    throw error;
  }
}

function isConfigurationError(error: unknown): error is Error & { readonly problems: readonly string[] } {
  return error instanceof Error && 'problems' in error && Array.isArray(error.problems);
}
