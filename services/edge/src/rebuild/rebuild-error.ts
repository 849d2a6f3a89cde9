/** A rebuild that cannot be finished; nothing of the read models has changed. */
export class RebuildError extends Error {
  constructor(
    readonly code: 'history-incomplete' | 'rows-untold' | 'messages-unapplied' | 'stalled' | 'stopped',
    message: string,
  ) {
    super(message);
    this.name = 'RebuildError';
  }
}
