import { hashApiKey } from '@florin/contracts';
import type { Clock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '../db/generated/client.js';

export const localAdminKey = 'flk_local_admin';
export const localOperatorKey = 'flk_local_operator';

/** Neither has made the other, so that they are two people where something needs two. */
const localKeys = [
  { key: localAdminKey, name: 'Local back office', scopes: ['*'] },
  { key: localOperatorKey, name: 'Local operator', scopes: ['ops:read', 'ops:replay', 'ops:reconcile'] },
];

/** Their texts are public: they open nothing in production. */
export function isLocalKey(key: string): boolean {
  return localKeys.some((local) => local.key === key);
}

/** The back-office keys of local installations. Never call it in production. */
export async function ensureLocalApiKeys(prisma: PrismaClient, clock: Clock): Promise<void> {
  for (const { key, name, scopes } of localKeys) {
    const keyHash = Uint8Array.from(hashApiKey(key));
    await prisma.apiKey.upsert({
      where: { keyHash },
      update: {},
      create: { id: uuidv7(), name, prefix: key, keyHash, scopes, createdAt: new Date(clock.now()) },
    });
  }
}
