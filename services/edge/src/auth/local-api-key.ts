import { hashApiKey } from '@florin/contracts';
import type { Clock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '../db/generated/client.js';

export const localAdminKey = 'flk_local_admin';

/** The back-office key of local installations, with every scope. Its text is public: never call it in production. */
export async function ensureLocalApiKey(prisma: PrismaClient, clock: Clock): Promise<void> {
  const keyHash = Uint8Array.from(hashApiKey(localAdminKey));
  await prisma.apiKey.upsert({
    where: { keyHash },
    update: {},
    create: {
      id: uuidv7(),
      name: 'Local back office',
      prefix: localAdminKey,
      keyHash,
      scopes: ['*'],
      createdAt: new Date(clock.now()),
    },
  });
}
