export { type CommonConfig, ConfigurationError, commonConfig, parseConfig } from './config.js';
export { every, type Job } from './every.js';
export { inBatches } from './in-batches.js';
export { toMessagingError } from './providers.js';
export { parseRecurrence, type Recurrence, RecurrenceError } from './recurrence.js';
export { createRuntime, type Runtime, type RuntimeOptions } from './runtime.js';
export { runService, type Service } from './service.js';
