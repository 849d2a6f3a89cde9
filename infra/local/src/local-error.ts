/** Something about this machine keeps Florin from starting. The message says what to do. */
export class LocalError extends Error {
  readonly retryable = false;
  constructor(
    readonly code:
      | 'configuration-invalid'
      | 'directory-in-use'
      | 'java-missing'
      | 'maven-missing'
      | 'port-busy'
      | 'download-failed'
      | 'start-failed'
      | 'seed-failed'
      | 'usage',
    message: string,
  ) {
    super(message);
    this.name = 'LocalError';
  }
}
