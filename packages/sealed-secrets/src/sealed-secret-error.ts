export class SealedSecretError extends Error {
  readonly retryable = false;
  constructor(
    readonly code: 'seal-key-invalid' | 'seal-broken',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SealedSecretError';
  }
}
