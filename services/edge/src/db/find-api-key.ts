import type { ApiKeyCaller } from '@florin/http';
import type { PrismaClient } from './generated/client.js';

/** The API key with this hash, unless it is revoked or expired. */
export async function findApiKey(
  prisma: PrismaClient,
  keyHash: Buffer,
  now: number,
): Promise<ApiKeyCaller | undefined> {
  const key = await prisma.apiKey.findUnique({ where: { keyHash: Uint8Array.from(keyHash) } });
  if (!key || key.revokedAt || (key.expiresAt && key.expiresAt.getTime() <= now)) return undefined;
  return { kind: 'api-key', keyId: key.id, scopes: new Set(key.scopes) };
}
