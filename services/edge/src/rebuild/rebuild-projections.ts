import { consumerGroups } from '@florin/contracts';
import { createDatabase, type Database } from '@florin/database';
import { type History, HistoryTimeoutError, type Messaging, type UnappliedMessage } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import type { SessionRevocations } from '../auth/session-revocations.js';
import { projections } from '../consumers/index.js';
import type { ReadCache } from '../read-cache/read-cache.js';
import { keepColumns } from './carry-over.js';
import { RebuildError } from './rebuild-error.js';
import { rebuildable, rebuiltFrom, shieldedTables, tablesOf } from './rebuildable.js';
import { createShadowTables, shadowSchema } from './shadow-tables.js';
import { swap } from './swap.js';

export interface RebuildTools {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly revocations: SessionRevocations;
  readonly readCache: Pick<ReadCache, 'invalidateAll'>;
}

export interface RebuildRequest {
  readonly id: string;
  readonly projections: readonly string[];
  readonly carryOver: boolean;
  readonly requestedBy: string;
}

const progressMs = 1_000;
/** So many looks without a record: something is wrong, and an operator shall hear of it. */
const patience = 60;

/** Projections that tell nobody: clients have heard all of this when it happened. */
const silent = {
  announcer: {
    announce: () => undefined,
    tell: () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
  },
  events: {
    record: async () => undefined,
  },
  replaySender: { wake: () => undefined },
  cache: { invalidate: async () => undefined },
};
/** Erasures are repeated at the end, from what the edge knows of them: the topics still hold what was erased. */
const notRebuilt = /ServiceReported|DeadLetterReplayed|CustomerErased/;

/**
 * Builds read models anew from everything that the topics hold, beside the ones in use, and exchanges them. The same
 * projections run: an own connection finds the new tables first. Started again, it starts over. Whoever has the lock removes
 * what it leaves.
 * @throws RebuildError when it cannot be finished; nothing has changed then
 */
export async function rebuildProjections(
  tools: RebuildTools,
  request: RebuildRequest,
  isStopping: () => boolean,
): Promise<void> {
  const { database, messaging, clock, logger, revocations } = tools;
  const all = tablesOf(Object.keys(rebuildable)).map(({ name }) => name);
  await database.transaction((tx) => createShadowTables(tx, [...all, ...shieldedTables]));
  const shadow = createDatabase({
    url: withSearchPath(database.url),
    applicationName: 'florin-edge-rebuild',
    maxConnections: 2,
    logger,
  });
  const unapplied: UnappliedMessage[] = [];
  const history = messaging.history({
    groupName: `edge.rebuild.${request.id}`,
    topics: rebuiltFrom,
    handlers: projections({ ...silent, clock, erasure: { revocations, logger } }).filter(
      ({ definition }) => !notRebuilt.test(definition.name),
    ),
    transaction: (work) =>
      shadow.transaction((tx, pending) =>
        work({ tx, expectsNew: false, pending, send: refuseToSend, afterCommit: () => undefined }),
      ),
    onUnapplied: (message) => unapplied.push(message),
    // What the projections have still to apply they will apply to the new tables, answer calls with it and tell streams of it.
    behind: { groupName: consumerGroups.edge.name, applied: (ids) => appliedAmong(database, ids) },
  });
  try {
    await refuseGaps(history, request);
    await history.start();
    await catchUp(database, history, request.id, isStopping);
    await refuseUnapplied(database, unapplied, request);
    const tables = tablesOf(request.projections);
    await note(database, request.id, 'taking over what only the edge knows', history.read);
    for (const table of tables) await shadow.transaction((tx) => keepColumns(tx, table));
    await catchUp(database, history, request.id, isStopping);
    await refuseUnapplied(database, unapplied, request);
    await note(database, request.id, 'exchanging the tables', history.read);
    const now = new Date(clock.now());
    await swap(database, { ...request, tables, history, cache: tools.readCache, now }, isStopping);
  } finally {
    await history.stop();
    await shadow.close();
  }
}

function withSearchPath(url: string): string {
  const found = new URL(url);
  found.searchParams.set('options', `-c search_path=${shadowSchema},public`);
  return found.href;
}

function refuseToSend(): never {
  throw new Error('a projection sends no messages');
}

/** @throws RebuildError when topics have lost their beginning */
async function refuseGaps(history: History, { carryOver }: RebuildRequest): Promise<void> {
  const trimmed = (await history.ranges()).filter(({ low }) => low > 0);
  if (carryOver || trimmed.length === 0) return;
  const list = trimmed.map(({ topic, partition, low }) => `${topic}/${partition} begins at ${low}`);
  throw new RebuildError(
    'history-incomplete',
    `the topics do not hold the whole history any more (${list.join(', ')}): what older events said would be lost. ` +
      'Take such rows over as they are, or leave the read model as it is.',
  );
}

/** Which of these messages the projections have applied. */
async function appliedAmong({ pool }: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT message_id AS id FROM inbox WHERE consumer_group = $1 AND message_id = ANY($2::uuid[])',
    [consumerGroups.edge.name, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** @throws RebuildError when the read model shows the effect of a message that the new one lacks */
async function refuseUnapplied(
  database: Database,
  unapplied: readonly UnappliedMessage[],
  { carryOver }: RebuildRequest,
): Promise<void> {
  if (carryOver || unapplied.length === 0) return;
  const applied = await appliedAmong(
    database,
    unapplied.flatMap(({ messageId }) => messageId ?? []),
  );
  const lost = unapplied.filter(({ messageId }) => messageId !== undefined && applied.has(messageId));
  if (lost.length === 0) return;
  const { topic, partition, offset, messageName, error } = lost[0]!;
  throw new RebuildError(
    'messages-unapplied',
    `${lost.length} messages could not be applied again; the first is ${messageName} at ${topic}/${partition}/${offset}: ${error}`,
  );
}

async function catchUp(
  database: Database,
  history: History,
  id: string,
  isStopping: () => boolean,
): Promise<void> {
  const ranges = await history.ranges();
  const total = ranges.reduce((sum, { low, high }) => sum + high - low, 0);
  await database.pool.query('UPDATE projection_rebuilds SET records_total = $2 WHERE id = $1', [id, total]);
  for (let idle = 0, known = -1; ; idle = history.read === known ? idle + 1 : 0) {
    known = history.read;
    if (isStopping()) throw new RebuildError('stopped', 'this instance stops, another one starts over');
    if (idle > patience) throw new RebuildError('stalled', `no record has been read for ${patience} seconds`);
    try {
      await history.reach(ranges, progressMs);
      return;
    } catch (error) {
      if (!(error instanceof HistoryTimeoutError)) throw error;
      await note(database, id, 'reading the topics', history.read);
    }
  }
}

async function note({ pool }: Database, id: string, detail: string, read: number): Promise<void> {
  await pool.query('UPDATE projection_rebuilds SET detail = $2, records_read = $3 WHERE id = $1', [
    id,
    detail,
    read,
  ]);
}
