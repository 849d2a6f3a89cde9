import type { Runtime } from '@florin/runtime';
import type { ApplicationTypes } from './application-types.js';
import type { PrismaClient } from './db/generated/client.js';
import type { Providers } from './providers/providers.js';

/** What a handler of this service may touch. */
export interface ApplicationContext extends Pick<Runtime, 'clock' | 'logger' | 'database' | 'messaging'> {
  readonly prisma: PrismaClient;
  readonly types: ApplicationTypes;
  readonly providers: Providers;
}
