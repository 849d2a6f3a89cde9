export { type CommonConfig, ConfigurationError, commonConfig, parseConfig } from './config.js';
export { toMessagingError } from './providers.js';
export { createRuntime, type Runtime, type RuntimeOptions } from './runtime.js';
export { runService, type Service } from './service.js';
