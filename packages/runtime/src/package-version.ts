import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The version of this release; an installation that deploys commits says so with `SERVICE_VERSION`. */
export const packageVersion = version;
