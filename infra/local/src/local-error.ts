/** Something about this machine keeps Florin from starting. The message is one line that says what to do. */
export class LocalError extends Error {
  readonly retryable = false;
  constructor(
    readonly code:
      | 'java-missing'
      | 'maven-missing'
      | 'port-busy'
      | 'download-failed'
      | 'start-failed'
      | 'seed-failed',
    message: string,
  ) {
    super(message);
    this.name = 'LocalError';
  }
}
