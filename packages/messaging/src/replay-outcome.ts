import { DeadLetterReplayed } from '@florin/contracts';
import type { Replay } from './failure-headers.js';
import type { Received, UnitOfWork } from './unit-of-work.js';

/**
 * applied, duplicate and failed end a replay. would-apply and not-dry-runnable end a dry run, which may also end as
 * duplicate or failed. deferred and retrying end nothing: the message waits for a provider that is down, or failed at the
 * first attempt and takes the retry topics.
 */
export type ReplayOutcome =
  | 'applied'
  | 'duplicate'
  | 'failed'
  | 'would-apply'
  | 'not-dry-runnable'
  | 'deferred'
  | 'retrying';

/** Tells whoever asked for the replay what came of it, in the transaction of `unit`. */
export function reportReplay(
  unit: UnitOfWork,
  group: string,
  { replayId, deadLetterId }: Replay,
  report: { readonly outcome: ReplayOutcome; readonly detail?: string; readonly cause?: Received },
): void {
  const { outcome, detail = null, cause } = report;
  unit.send(
    DeadLetterReplayed,
    deadLetterId,
    { replayId, deadLetterId, group, outcome, detail },
    cause ? { cause } : {},
  );
}
