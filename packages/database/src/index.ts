export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type Pool,
  type Transaction,
} from './database.js';
export { isDatabaseOutage, isUniqueViolation } from './errors.js';
export { prismaAdapter } from './prisma-adapter.js';
