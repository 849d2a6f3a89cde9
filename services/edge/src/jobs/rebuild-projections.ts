import type { Transaction } from '@florin/database';
import { every, type Job } from '@florin/runtime';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { RebuildError } from '../rebuild/rebuild-error.js';
import {
  type RebuildRequest,
  type RebuildTools,
  rebuildProjections,
} from '../rebuild/rebuild-projections.js';
import { dropShadowTables } from '../rebuild/shadow-tables.js';

/** How soon another instance starts over what one has left behind. */
const intervalMs = 2_000;

/** Carries out the rebuild that was asked for, in one instance at a time; one that has died leaves it to the others. */
export function rebuildProjectionsJob(tools: RebuildTools): Job {
  const { database, clock, logger } = tools;
  let stopping = false;

  async function runHeld(holder: Transaction, isLost: () => boolean): Promise<void> {
    const { rows } = await holder.query<RebuildRequest>(
      `SELECT id, projections, carry_over AS "carryOver", requested_by AS "requestedBy" FROM projection_rebuilds
       WHERE status = 'running'`,
    );
    const [request] = rows;
    if (!request || stopping) return;
    logger.info({ rebuildId: request.id, projections: request.projections }, 'rebuilding projections');
    try {
      await rebuildProjections(tools, request, () => stopping || isLost()).finally(() => removeRest(holder));
      logger.info({ rebuildId: request.id }, 'projections rebuilt');
    } catch (error) {
      if (stopping || isLost() || (error instanceof RebuildError && error.code === 'stopped')) return;
      logger.error({ err: error, rebuildId: request.id }, 'projections could not be rebuilt');
      const detail =
        error instanceof RebuildError ? `${error.code}: ${error.message}` : 'an error: see the log';
      await database.transaction((tx) => fail(tx, request, detail, new Date(clock.now())));
    }
  }

  /** Over the connection that has the lock: without it what is there may be another instance's by now. */
  async function removeRest(holder: Transaction): Promise<void> {
    await dropShadowTables(holder).catch((error: Error) => {
      logger.warn({ err: error }, 'what a rebuild has left is removed by the next one');
    });
  }

  const job = every(
    intervalMs,
    async () => {
      // The lock belongs to the connection: whatever becomes of this process, it ends with it.
      const holder = await database.pool.connect();
      let lost: Error | undefined;
      // An error event that nobody hears would end the process when the connection dies. Without the lock the rebuild ends.
      const remember = (error: Error): void => {
        lost = error;
      };
      holder.on('error', remember);
      try {
        const { rows } = await holder.query<{ free: boolean }>(
          `SELECT pg_try_advisory_lock(hashtext('projection_rebuilds')) AS free`,
        );
        if (!rows[0]!.free) return;
        try {
          await runHeld(holder, () => lost !== undefined);
        } finally {
          await holder.query(`SELECT pg_advisory_unlock(hashtext('projection_rebuilds'))`);
        }
      } catch (error) {
        lost ??= error as Error;
        throw error;
      } finally {
        holder.off('error', remember);
        // A connection that could not give back the lock is closed, and the lock with it.
        holder.release(lost);
      }
    },
    { name: 'rebuild-projections', logger },
  );
  return {
    start: () => job.start(),
    wake: () => {
      if (!stopping) job.wake();
    },
    async stop() {
      stopping = true;
      await job.stop();
    },
  };
}

async function fail(tx: Transaction, request: RebuildRequest, detail: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE projection_rebuilds SET status = 'failed', detail = $2, finished_at = $3 WHERE id = $1`,
    [request.id, detail, now],
  );
  await appendOperatorActions(tx, [
    {
      actor: request.requestedBy,
      action: 'projections.rebuild-failed',
      subject: request.id,
      reason: null,
      detail: { failure: detail },
      occurredAt: now,
    },
  ]);
}
