export { arrayLiteral, textArrayLiteral, timestampArrayLiteral } from './array-literal.js';
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
  type Pool,
  type Transaction,
  type TransactionLimits,
  type TransactionWork,
} from './database.js';
export {
  isCancelledStatement,
  isDatabaseOutage,
  isUniqueViolation,
  NotCommittedError,
  TransactionTimeoutError,
} from './errors.js';
export { TransactionEndedError } from './guarded-transaction.js';
export { type MigrateOptions, MigrationError, migrate } from './migrate.js';
export { prismaAdapter } from './prisma-adapter.js';
export { createServiceLogin, type ServiceLogin, serviceUrl } from './service-login.js';
export { uuidv7 } from './uuidv7.js';
