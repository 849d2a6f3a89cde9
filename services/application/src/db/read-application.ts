import type { PrismaClient } from './generated/client.js';

/** What is needed of an application to run one of its steps, without a lock. */
export async function readApplication(prisma: PrismaClient, id: string) {
  return prisma.application.findUnique({
    where: { id },
    select: {
      typeCode: true,
      typeVersion: true,
      data: true,
      decisionOutcome: true,
      steps: { select: { name: true, status: true, output: true } },
    },
  });
}

export type StoredApplication = NonNullable<Awaited<ReturnType<typeof readApplication>>>;
