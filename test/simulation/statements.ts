import { createHash } from 'node:crypto';
import {
  DatabaseFailure,
  type Execution,
  type QueryAnswer,
  type Row,
  type StoreTransaction,
} from './fake-store.js';
import type { SimulatedProcess } from './scheduler.js';

export interface StatementContext {
  readonly tx: StoreTransaction;
  readonly nowMs: number;
  readonly process: SimulatedProcess;
  readonly text: string;
  /** Tells the oracle what a relay removed: its process, and the holder of the lease at that moment. */
  readonly onOutboxRowRemoved: (owner: string | undefined, process: SimulatedProcess) => void;
  readonly onLeaseHeld: (owner: string, process: SimulatedProcess) => void;
}

export type Statement = (context: StatementContext, values: readonly unknown[]) => Execution;

/** A statement of the core that the fake database cannot interpret, or not any more. */
export class UnknownStatementError extends Error {}

const none: QueryAnswer = { rows: [], rowCount: 0 };

export function answer(rows: readonly Row[]): QueryAnswer {
  return { rows, rowCount: rows.length };
}

/** By the fingerprint of the text: a changed statement is not interpreted by the rules of the old one. */
const statements = new Map<string, Statement>();
const byName = new Map<string, Statement>();
const known = new Map<string, Statement>();
let acceptsChangedText = false;

/** For the mutation check only, which breaks statements on purpose. */
export function acceptChangedStatements(): void {
  acceptsChangedText = true;
}

/** The same for texts that differ in white space only. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 8);
}

export function define(name: string, fingerprint: string, statement: Statement): void {
  statements.set(fingerprint, statement);
  byName.set(name, statement);
}

export function statementFor(name: string | undefined, text: string): Statement {
  const found = known.get(text);
  if (found) return found;
  const fingerprint = fingerprintOf(text);
  const statement = statements.get(fingerprint) ?? (acceptsChangedText ? byName.get(name ?? '') : undefined);
  if (!statement) {
    const what = name === undefined || !byName.has(name) ? 'is unknown' : 'has changed';
    throw new UnknownStatementError(
      `statement ${name ?? '(unnamed)'} ${what}: check its interpreter in test/simulation and set its fingerprint to ${fingerprint}\n${text}`,
    );
  }
  known.set(text, statement);
  return statement;
}

/** The elements of an array literal of texts or numbers; the rules of its quotes are those of JSON. */
function elements(literal: unknown): readonly (string | number | null)[] {
  const written = (literal as string).slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return written.map((element) => {
    if (element === 'NULL') return null;
    if (element.startsWith('"')) return JSON.parse(element) as string;
    return /^-?\d+$/.test(element) ? Number(element) : element;
  });
}

/** The elements of a `uuid[]` in binary format: behind a header of 20 bytes each has its length, and none is null here. */
function uuids(array: unknown): readonly string[] {
  const found: string[] = [];
  for (let at = 24; at < (array as Buffer).length; at += 20) {
    const digits = (array as Buffer).toString('hex', at, at + 16);
    found.push(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  }
  return found;
}

/** Fewer than in production, so that worlds have several batches on their way. */
const outboxBatchRows = 20;
const neverMs = Number.NEGATIVE_INFINITY;

define('insert-outbox', '33d95706', function* ({ tx, process }, values) {
  const [shards, topics, keys, traces, starts, lengths] = [0, 1, 2, 4, 5, 6].map((i) => elements(values[i]));
  const bytes = values[3] as Buffer;
  // The lock of the table, which an INSERT takes before it draws an id. Writers do not exclude one another.
  yield* tx.lock('outbox-writer', String(tx.nextId('outbox-writer')));
  const ids = shards!.map(() => tx.nextId('outbox'));
  shards!.forEach((shard, i) => {
    const id = ids[i]!;
    // SQL counts from 1.
    const start = (starts![i] as number) - 1;
    tx.put('outbox', String(id), {
      id,
      shard,
      topic: topics![i],
      key: keys![i],
      value: bytes.subarray(start, start + (lengths![i] as number)),
      traceparent: traces![i],
      by: process.name,
    });
  });
  return answer([{ first: ids[0]!, last: ids.at(-1)! }]);
});

define('select-outbox', 'a926874e', function* ({ tx }, [shards, inFlight, floor]) {
  yield* [];
  const skipped = idsOf(
    [...(inFlight as string).matchAll(/\[(\d+),(\d+)\]/g)].map((range) => range.slice(1).map(Number)),
  );
  const rows = [...tx.scan('outbox').values()]
    .filter(({ id }) => (id as number) >= (floor as number) && !skipped.has(id as number))
    .filter(({ shard }) => (shards as number[]).includes(shard as number))
    .sort((a, b) => (a.id as number) - (b.id as number))
    .slice(0, outboxBatchRows);
  if (rows.length === 0) return answer([{ ids: null }]);
  const column = (name: string): unknown[] => rows.map((row) => row[name]);
  const values = column('value') as Buffer[];
  return answer([
    {
      ids: column('id'),
      shards: column('shard'),
      topics: column('topic'),
      keys: column('key'),
      traces: column('traceparent'),
      lengths: values.map(({ length }) => length),
      bytes: Buffer.concat(values).toString('base64'),
    },
  ]);
});

define('delete-outbox', '47efa64a', function* (context, [first, last, shards, epochs]) {
  const { tx, text } = context;
  const isFenced = text.includes('lease.epoch = held.epoch');
  const held = new Map((shards as number[]).map((shard, i) => [shard, (epochs as number[])[i]]));
  let rowCount = 0;
  for (const id of idsOf((first as number[]).map((id, i) => [id, (last as number[])[i]!]))) {
    const row = tx.get('outbox', String(id));
    const lease = tx.get('outbox_lease', String(row?.shard));
    if (!row || !lease || !held.has(row.shard as number)) continue;
    if (isFenced && lease.epoch !== held.get(row.shard as number)) continue;
    yield* tx.lock('outbox', String(id));
    if (!tx.get('outbox', String(id))) continue;
    tx.delete('outbox', String(id));
    context.onOutboxRowRemoved(lease.owner as string, context.process);
    rowCount++;
  }
  return { rows: [], rowCount };
});

define('outbox-writers', '42689d0b', function* ({ tx }) {
  yield* [];
  return answer(tx.lockedKeys('outbox-writer').map((writer) => ({ writer })));
});

/** Ids of ranges that include both of their ends. */
function idsOf(ranges: readonly (readonly number[])[]): Set<number> {
  return new Set(
    ranges.flatMap(([from, to]) => Array.from({ length: to! - from! + 1 }, (_, i) => from! + i)),
  );
}

define('hold-outbox-lease', '5ed316c0', function* (context, [owner, leaseMs, shards]) {
  const { tx, nowMs } = context;
  context.onLeaseHeld(owner as string, context.process);
  const rows: Row[] = [];
  for (let shard = 0; shard < (shards as number); shard++) {
    yield* tx.lock('outbox_lease', String(shard));
    const lease = tx.get('outbox_lease', String(shard));
    if (lease && lease.owner !== owner && (lease.expiresAtMs as number) >= nowMs) continue;
    const before = (lease?.epoch as number | undefined) ?? 0;
    const epoch = lease?.owner === owner ? before : before + 1;
    tx.put('outbox_lease', String(shard), { shard, owner, epoch, expiresAtMs: nowMs + (leaseMs as number) });
    rows.push({ shard, epoch });
  }
  return answer(rows);
});

define('release-outbox-lease', '1dcd8e7e', function* ({ tx }, [owner]) {
  for (const [key, lease] of tx.scan('outbox_lease')) {
    if (lease.owner !== owner) continue;
    yield* tx.lock('outbox_lease', key);
    tx.put('outbox_lease', key, { ...lease, expiresAtMs: neverMs });
  }
  return none;
});

define('claim-new', '81f6b536', function* (context, values) {
  const { rowCount } = yield* claim(context, values);
  const isAll = rowCount === uuids(values[1]).length || context.text.includes('ON CONFLICT');
  if (!isAll) throw new DatabaseFailure('23505', 'duplicate key value violates unique constraint');
  return none;
});

define('claim-new-with-care', '2f24a35b', claim);

function* claim({ tx }: StatementContext, [group, ids, fingerprints]: readonly unknown[]): Execution {
  const claimed: Row[] = [];
  for (const [i, id] of uuids(ids).entries()) {
    const key = `${group}/${id}`;
    // Like a unique index: a claim that is not committed yet is waited for, a committed one is a conflict.
    yield* tx.lock('inbox', key);
    if (tx.get('inbox', key)) continue;
    tx.put('inbox', key, {
      group,
      message_id: id,
      fingerprint: (fingerprints as Buffer).subarray(16 * i, 16 * i + 16),
    });
    claimed.push({ id });
  }
  return answer(claimed);
}

const selectInbox: Statement = function* ({ tx }, [group, ids]) {
  yield* [];
  return answer(
    (ids as string[]).map((id) => tx.get('inbox', `${group}/${id}`)).filter((row) => row !== undefined),
  );
};
define('select-inbox-fingerprints', '97001fe1', selectInbox);
define('select-inbox', '67d5d22c', selectInbox);

define('sign-of-consumer-run', '091f06db', function* ({ tx, nowMs }, [id, group]) {
  yield* tx.lock('consumer_run', id as string);
  tx.put('consumer_run', id as string, { id, group, seenAtMs: nowMs });
  return none;
});

define('find-silent-runs', '00561e3d', function* ({ tx, nowMs }, [group, own, silentAfterMs]) {
  const runs = [...tx.scan('consumer_run').values()].filter((run) => run.group === group);
  const silent = runs.filter(
    (run) => run.id !== own && (run.seenAtMs as number) < nowMs - (silentAfterMs as number),
  );
  for (const run of runs) {
    if ((run.seenAtMs as number) >= nowMs - 600_000) continue;
    yield* tx.lock('consumer_run', run.id as string);
    tx.delete('consumer_run', run.id as string);
  }
  return answer(silent);
});

define('end-consumer-run', '35eec11f', function* ({ tx }, [id, group]) {
  yield* tx.lock('consumer_run', id as string);
  const others = [...tx.scan('consumer_run').values()].some((run) => run.group === group && run.id !== id);
  tx.delete('consumer_run', id as string);
  if (others) return none;
  for (const [key, start] of tx.scan('delivery_start')) {
    if (start.group !== group) continue;
    yield* tx.lock('delivery_start', key);
    tx.delete('delivery_start', key);
  }
  return none;
});

define('count-delivery-start', '7e584454', function* ({ tx }, [group, topic, partition, offset]) {
  const key = `${group}/${topic}/${partition}/${offset}`;
  yield* tx.lock('delivery_start', key);
  const starts = ((tx.get('delivery_start', key)?.starts as number | undefined) ?? 0) + 1;
  tx.put('delivery_start', key, { group, topic, partition, offset, starts });
  return answer([{ starts }]);
});

define('forget-delivery-starts', 'dd09959a', function* ({ tx }, [group, topic, partition, from, to]) {
  for (const [key, start] of tx.scan('delivery_start')) {
    const isLane = start.group === group && start.topic === topic && start.partition === partition;
    if (!isLane || Number(start.offset) < Number(from) || Number(start.offset) > Number(to)) continue;
    yield* tx.lock('delivery_start', key);
    tx.delete('delivery_start', key);
  }
  return none;
});
