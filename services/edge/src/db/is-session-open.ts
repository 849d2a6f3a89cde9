import type { PrismaClient } from './generated/client.js';

export async function isSessionOpen(prisma: PrismaClient, sessionId: string, now: number): Promise<boolean> {
  const session = await prisma.session.findUnique({
    where: { id: sessionId },
    select: { expiresAt: true, revokedAt: true },
  });
  return session !== null && session.revokedAt === null && session.expiresAt.getTime() > now;
}
