import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { describeError } from './describe-error.js';

export type { Logger };

/** Paths that never reach a log line, wherever an object carries them. */
const secretPaths = ['password', 'code', 'token', 'pan', 'accessToken', 'refreshToken', 'fundingToken', 'key']
  .flatMap((name) => [name, `*.${name}`])
  .concat(['req.headers.authorization', 'req.headers.cookie', 'headers.authorization']);

// kafkajs passes the error of a handler as `error`, and sometimes only its message.
const describeIfError = (error: unknown): unknown => (error instanceof Error ? describeError(error) : error);

/** JSON lines on stdout; secrets are censored as a second line of defence behind never logging them. */
export function createLogger(
  options: { service: string; level: string },
  destination: DestinationStream = pino.destination(1),
): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { service: options.service },
    serializers: { err: (error: unknown) => describeError(error), error: describeIfError },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[redacted]' },
  };
  return pino(settings, destination);
}
