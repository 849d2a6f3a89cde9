import { type Logger, pino } from 'pino';
import { describeError } from './describe-error.js';

export type { Logger };

/** Paths that never reach a log line, wherever an object carries them. */
const secretPaths = ['password', 'code', 'token', 'pan', 'accessToken', 'refreshToken', 'fundingToken', 'key']
  .flatMap((name) => [name, `*.${name}`])
  .concat(['req.headers.authorization', 'req.headers.cookie', 'headers.authorization']);

/** JSON lines on stdout; secrets are censored as a second line of defence behind never logging them. */
export function createLogger(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service },
    serializers: { err: (error: unknown) => describeError(error) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[redacted]' },
  });
}
