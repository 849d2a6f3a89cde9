export { type Clock, systemClock } from './clock.js';
export { describeError, type ErrorDescription } from './describe-error.js';
export { createLogger, type Logger } from './logger.js';
export { createLookUpGauges } from './look-up-gauges.js';
export { Counter, createMetrics, Gauge, Histogram, Registry } from './metrics.js';
export { childTraceparent, newTraceparent, traceIdOf } from './trace-context.js';
