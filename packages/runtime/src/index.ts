export { type CommonConfig, ConfigurationError, commonConfig, parseConfig } from './config.js';
export { observeBreakers, toMessagingError } from './providers.js';
export { createRuntime, type Runtime, type RuntimeOptions } from './runtime.js';
export { runService, type Service } from './service.js';
