import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './database.js';

/** The driver adapter that lets a Prisma client share the pool of `database`. */
export function prismaAdapter(database: Database): PrismaPg {
  return new PrismaPg(database.pool);
}
