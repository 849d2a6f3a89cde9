import type { Logger } from '@florin/observability';

const shortestPauseMs = 5;
const longestPauseMs = 500;

/**
 * Runs a payment job when it is woken and, with growing pauses, when it is not. The signal comes from inside a
 * transaction that has yet to commit, so it shortens the pauses instead of promising that there is work.
 */
export class PaymentPoller {
  private pauseMs = longestPauseMs;
  private stopped = false;
  private interrupt: (() => void) | undefined;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly job: { claim(): Promise<number>; settle(): Promise<void> },
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  wake(): void {
    this.pauseMs = shortestPauseMs;
    this.interrupt?.();
  }

  /** Takes no more work and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.interrupt?.();
    await this.loop;
    await this.job.settle();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const pauseMs = this.pauseMs;
      this.pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      const isBusy = await this.claimSafely();
      if (isBusy) this.pauseMs = shortestPauseMs;
      if (!this.stopped) await this.sleep(Math.min(pauseMs, this.pauseMs));
    }
  }

  private async claimSafely(): Promise<boolean> {
    try {
      return (await this.job.claim()) > 0;
    } catch (error) {
      this.logger.error({ err: error }, 'due payments could not be claimed');
      this.pauseMs = longestPauseMs;
      return false;
    }
  }

  private sleep(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
