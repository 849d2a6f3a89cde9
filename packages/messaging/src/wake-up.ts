/** A level-triggered signal: a wake-up that comes while nobody waits is not lost. */
export class WakeUp {
  private signalled = false;
  private notify: (() => void) | undefined;

  /** Whether somebody would not have to wait. */
  get isSignalled(): boolean {
    return this.signalled;
  }

  /** What was signalled so far is about to be looked at. */
  clear(): void {
    this.signalled = false;
  }

  signal(): void {
    this.signalled = true;
    this.notify?.();
  }

  /** Resolves true at once after a signal, or false when `timeoutMs` pass without one. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.signalled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.notify = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.notify = undefined;
    }
    const was = this.signalled;
    this.signalled = false;
    return was;
  }
}
