import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Transaction } from '@florin/database';
import { type History, HistoryTimeoutError } from '@florin/messaging';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { eraseReadModels } from '../db/erase-read-models.js';
import { type SwapPatience, swapAttempts, swapPatience } from '../domain/swap-patience.js';
import type { ReadCache } from '../read-cache/read-cache.js';
import { countUntold, keepColumns, keepEdgeOnly, keepUntold } from './carry-over.js';
import { RebuildError } from './rebuild-error.js';
import type { RebuildableTable } from './rebuildable.js';
import { exchangeTables, shadowSchema } from './shadow-tables.js';

export interface Swap {
  readonly id: string;
  readonly tables: readonly RebuildableTable[];
  readonly carryOver: boolean;
  readonly history: History;
  readonly requestedBy: string;
  readonly cache: Pick<ReadCache, 'invalidateAll'>;
  readonly now: Date;
}

const busy = new Set(['55P03', '40P01']);

/**
 * Puts the new tables in the place of the old ones in one transaction. Writers of the old ones wait, so nothing more can
 * be projected that the topics do not hold already; what they hold and has been projected is then read to the end. Readers go on until the
 * moment of the exchange. When it does not work out in time, writers are let go and it is tried again.
 * @throws RebuildError when it never did, or when this instance stops
 */
export async function swap(database: Database, wanted: Swap, isStopping: () => boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    endWhenStopping(isStopping);
    const patience = swapPatience(attempt, Math.random());
    // Until the commit is known nothing is read from the cache. Whatever becomes of it otherwise, that ends within a minute.
    const mayCacheAgain = await wanted.cache.invalidateAll();
    try {
      await database.transaction((tx) => exchange(tx, wanted, patience));
      await mayCacheAgain();
      return;
    } catch (error) {
      const again = error instanceof HistoryTimeoutError || busy.has((error as { code?: string }).code ?? '');
      if (!again) throw error;
      if (attempt === swapAttempts) {
        throw new RebuildError('stalled', `the tables were too busy to be exchanged, ${swapAttempts} times`);
      }
      endWhenStopping(isStopping);
      await delay(patience.pauseMs);
      await wanted.history.reach(await wanted.history.ranges(), 60_000);
    }
  }
}

/** @throws RebuildError when this instance stops */
function endWhenStopping(isStopping: () => boolean): void {
  if (isStopping()) throw new RebuildError('stopped', 'this instance stops, another one starts over');
}

async function exchange(tx: Transaction, wanted: Swap, patience: SwapPatience): Promise<void> {
  const { tables, history, carryOver } = wanted;
  const names = tables.map(({ name }) => name);
  await tx.query(`SET LOCAL lock_timeout = ${patience.lockMs}`);
  for (const name of names) await tx.query(`LOCK TABLE public.${name} IN SHARE ROW EXCLUSIVE MODE`);
  await history.reach(await history.ranges(), patience.lastMessagesMs);
  await history.handKeptBack();
  await repeatErasures(tx);
  let rebuilt = 0;
  let untold = 0;
  for (const table of tables) {
    await keepEdgeOnly(tx, table);
    // After the rows: what a message has inserted in the last moment gets its columns too.
    await keepColumns(tx, table);
    if (carryOver) untold += await keepUntold(tx, table);
    else await refuseUntold(tx, table);
    const { rows } = await tx.query<{ rows: number }>(
      `SELECT count(*) AS rows FROM ${shadowSchema}.${table.name}`,
    );
    rebuilt += rows[0]!.rows;
  }
  await exchangeTables(tx, names);
  await tx.query(
    `UPDATE projection_rebuilds SET status = 'completed', detail = 'completed', finished_at = $2, records_read = $3,
       rows_rebuilt = $4, rows_carried_over = $5
     WHERE id = $1`,
    [wanted.id, wanted.now, history.read, rebuilt - untold, untold],
  );
  await appendOperatorActions(tx, [
    {
      actor: wanted.requestedBy,
      action: 'projections.rebuilt',
      subject: wanted.id,
      reason: null,
      detail: { tables: names, rows: rebuilt, carriedOver: untold },
      occurredAt: wanted.now,
    },
  ]);
}

/** What customers have had erased comes back from the topics; it must not be shown again. */
async function repeatErasures(tx: Transaction): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    'SELECT customer_id AS id FROM customer_erasures WHERE erased_at IS NOT NULL',
  );
  if (rows.length === 0) return;
  await tx.query(`SET LOCAL search_path = ${shadowSchema}, public`);
  await eraseReadModels(
    tx,
    rows.map(({ id }) => id),
  );
  await tx.query('SET LOCAL search_path = public');
}

async function refuseUntold(tx: Transaction, table: RebuildableTable): Promise<void> {
  const untold = await countUntold(tx, table);
  if (untold === 0) return;
  throw new RebuildError(
    'rows-untold',
    `${untold} rows of ${table.name} would be lost: no event that the topics hold tells of them. Take them over as they ` +
      `are, or leave the read model as it is.`,
  );
}
