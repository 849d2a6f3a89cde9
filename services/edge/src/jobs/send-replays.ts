import type { Logger } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import { findActiveReplays } from '../db/find-active-replays.js';
import { advanceReplay, type ReplayTools } from '../ops/advance-replay.js';
import { sendDiscards } from '../ops/send-discards.js';

/** The safety net for replays whose edge died; a new replay, every outcome and a discard wake the job at once. */
const intervalMs = 5_000;

/**
 * Passes discards on, and drives all replays, wave by wave and taking turns, as long as one of them has something to
 * send now. What cannot be sent, because its topic is gone for example, keeps nothing else waiting.
 */
export function sendReplaysJob(options: ReplayTools & { readonly logger: Logger }): Job {
  let timer: NodeJS.Timeout | undefined;

  /** Returns when the next wave of a replay with a rate is due. */
  async function advanceAll(): Promise<number | undefined> {
    const failed = new Set<string>();
    for (;;) {
      let sent = false;
      const waits: number[] = [];
      for (const id of await findActiveReplays(options.database)) {
        if (failed.has(id)) continue;
        const step = await advanceReplay(options, id).catch((error: Error) => {
          failed.add(id);
          options.logger.error(
            { err: error, replayId: id },
            'replay could not be sent, the next run tries again',
          );
        });
        if (!step) continue;
        if (step.kind === 'send') sent = true;
        if (step.kind === 'abort')
          options.logger.warn({ replayId: id, reason: step.reason }, 'replay aborted');
        if (step.kind === 'wait' && step.waitMs !== undefined) waits.push(step.waitMs);
      }
      if (!sent) return waits.length > 0 ? Math.min(...waits) : undefined;
    }
  }

  const job = every(
    intervalMs,
    async () => {
      clearTimeout(timer);
      await sendDiscards(options).catch((error: Error) =>
        options.logger.error({ err: error }, 'discards could not be sent, the next run tries again'),
      );
      const waitMs = await advanceAll();
      if (waitMs !== undefined) timer = setTimeout(() => job.wake(), waitMs).unref();
    },
    { name: 'send-replays', logger: options.logger },
  );
  let stopped = false;
  return {
    start: () => job.start(),
    wake: () => {
      if (!stopped) job.wake();
    },
    async stop() {
      stopped = true;
      await job.stop();
      clearTimeout(timer);
    },
  };
}
