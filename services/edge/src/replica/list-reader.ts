import { createDatabase, prismaAdapter } from '@florin/database';
import type { Logger } from '@florin/observability';
import { PrismaClient } from '../db/generated/client.js';

/** What a list may take: enough to look through a few million rows. */
const statementMs = 5_000;
/** How long a list waits for others to end. */
const waitMs = 2_000;
/** Half of what everything else has: however many costly lists are asked for, single objects are read at once. */
const maxConnections = 5;

/** Connections for lists alone. */
export interface ListReader {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

export function createListReader(url: string, logger: Logger): ListReader {
  const database = createDatabase({
    url,
    applicationName: 'florin-edge-lists',
    maxConnections,
    logger,
    statementTimeoutMs: statementMs,
    answerTimeoutMs: 2 * statementMs,
    connectTimeoutMs: waitMs,
  });
  const prisma = new PrismaClient({ adapter: prismaAdapter(database), errorFormat: 'minimal' });
  return {
    prisma,
    async close() {
      await prisma.$disconnect();
      await database.close();
    },
  };
}
