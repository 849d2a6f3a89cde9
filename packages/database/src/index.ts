export { arrayLiteral, textArrayLiteral, timestampArrayLiteral } from './array-literal.js';
export { bigintArray, uuidArray } from './binary-array.js';
export {
  administer,
  createDatabaseFromTemplate,
  createDatabaseIfMissing,
  databaseName,
  dropDatabase,
  withDatabase,
} from './create-database.js';
export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  inTransaction,
  type Pending,
  type Pool,
  type Transaction,
  type TransactionLimits,
} from './database.js';
export {
  isCancelledStatement,
  isDatabaseOutage,
  isUniqueViolation,
  TransactionTimeoutError,
} from './errors.js';
export { type MigrateOptions, MigrationError, migrate } from './migrate.js';
export { prismaAdapter } from './prisma-adapter.js';
export { createServiceLogin, type ServiceLogin, serviceUrl } from './service-login.js';
export { uuidv7 } from './uuidv7.js';
