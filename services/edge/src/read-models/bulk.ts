import type { PrismaClient } from '../db/generated/client.js';
import { type TransactionRow, transactionResource } from './transaction.js';

export interface BulkRow {
  readonly id: string;
  readonly ownerId: string;
  readonly mode: string;
  readonly createdAt: Date;
}

/** What has become of a bulk, which its items say. */
export type BulkStatus = 'pending' | 'completed' | 'declined' | 'partially-completed';

export function bulkStatus(items: readonly Pick<TransactionRow, 'status'>[]): BulkStatus {
  if (items.some(({ status }) => status === 'pending')) return 'pending';
  const arrived = items.filter(({ status }) => status === 'completed' || status === 'reversed').length;
  if (arrived === items.length) return 'completed';
  return arrived === 0 ? 'declined' : 'partially-completed';
}

/** Items in the order of the request. */
export function bulkResource(bulk: BulkRow, items: readonly TransactionRow[]) {
  return {
    id: bulk.id,
    mode: bulk.mode,
    status: bulkStatus(items),
    items: items.map(transactionResource),
    createdAt: bulk.createdAt.toISOString(),
  };
}

export type BulkResource = ReturnType<typeof bulkResource>;

/** A bulk with its items, whose ids grow in the order of the request. */
export async function readBulk(prisma: PrismaClient, id: string): Promise<BulkResource | undefined> {
  const bulk = await prisma.bulk.findUnique({ where: { id } });
  if (!bulk) return undefined;
  const items = await prisma.transaction.findMany({ where: { originId: id }, orderBy: { id: 'asc' } });
  return bulkResource(bulk, items);
}
