import type { Row, StoreTransaction } from './fake-store.js';
import { answer, define, type Statement } from './statements.js';

/** The statements of ordered subscriptions: gates and what is parked behind them. */

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;
const hourMs = 3_600_000;

type Texts = readonly string[];
type Numbers = readonly number[];

const gateKey = (group: unknown, topic: unknown, key: unknown): string => `${group}/${topic}/${key}`;

function inOrder(rows: Iterable<Row>): Row[] {
  return [...rows].sort((a, b) => {
    const [one, other] = [gateKey('', a.topic, a.key), gateKey('', b.topic, b.key)];
    return one === other ? 0 : one < other ? -1 : 1;
  });
}

const answerOf = ({ topic, key, state, partition, offset, claimedBy }: Row): Row => ({
  topic,
  key,
  state,
  partition,
  offset,
  claimedBy: claimedBy ?? null,
});

function* lockGate(tx: StoreTransaction, name: string) {
  yield* tx.lock('gate', name);
  return tx.get('gate', name);
}

define('read-gates', '0964077f', function* ({ tx }, [group, topics, keys]) {
  yield* [];
  const found = (topics as Texts).map((topic, i) =>
    tx.get('gate', gateKey(group, topic, (keys as Texts)[i])),
  );
  return answer(found.filter((row) => row !== undefined).map(answerOf));
});

define('lock-gates', 'c524b13f', function* ({ tx }, [group, topics, keys]) {
  const found: Row[] = [];
  const lanes = (topics as Texts).map((topic, i) => ({ topic, key: (keys as Texts)[i] }));
  for (const { topic, key } of inOrder(lanes)) {
    const name = gateKey(group, topic, key);
    // A row that nobody can see yet is not waited for.
    if (!tx.get('gate', name)) continue;
    const row = yield* lockGate(tx, name);
    if (row) found.push(answerOf(row));
  }
  return answer(found);
});

define(
  'close-gates',
  'ce315ddf',
  function* ({ tx, nowMs }, [group, topics, keys, partitions, offsets, dueInMs]) {
    const rows = (topics as Texts).map((topic, i) => ({
      group,
      topic,
      key: (keys as Texts)[i],
      state: 'blocked',
      partition: (partitions as Numbers)[i],
      offset: (offsets as Numbers)[i],
      claimedBy: null,
      dueAtMs: nowMs + (dueInMs as number),
    }));
    for (const row of inOrder(rows)) {
      const name = gateKey(group, row.topic, row.key);
      if (!(yield* lockGate(tx, name))) tx.put('gate', name, row);
    }
    return answer([]);
  },
);

define(
  'block-gates',
  '1348ce50',
  function* ({ tx, nowMs }, [group, topics, keys, partitions, offsets, dueInMs]) {
    for (const [i, topic] of (topics as Texts).entries()) {
      const name = gateKey(group, topic, (keys as Texts)[i]);
      const row = yield* lockGate(tx, name);
      if (!row) continue;
      const [partition, offset] = [(partitions as Numbers)[i], (offsets as Numbers)[i]];
      tx.put('gate', name, {
        ...row,
        state: 'blocked',
        partition,
        offset,
        dueAtMs: nowMs + (dueInMs as number),
      });
    }
    return answer([]);
  },
);

define('release-gates', '3a4eab8f', function* ({ tx }, [group, topics, keys]) {
  for (const [i, topic] of (topics as Texts).entries()) {
    const name = gateKey(group, topic, (keys as Texts)[i]);
    const row = yield* lockGate(tx, name);
    if (row) tx.put('gate', name, { ...row, state: 'releasing', dueAtMs: always });
  }
  return answer([]);
});

define('remove-empty-gates', '9d319e98', function* ({ tx, text }, [group, topics, keys]) {
  const looks = text.includes('NOT EXISTS');
  let rowCount = 0;
  for (const [i, topic] of (topics as Texts).entries()) {
    const key = (keys as Texts)[i];
    const name = gateKey(group, topic, key);
    const waiting = [...tx.scan('parked').values()].some((row) => isBehind(row, group, topic, key));
    const row = yield* lockGate(tx, name);
    if (row?.state !== 'releasing' || (looks && waiting)) continue;
    tx.delete('gate', name);
    rowCount++;
  }
  return { rows: [], rowCount };
});

define('claim-gates', 'ec6402f3', function* ({ tx, nowMs }, [group, owner, leaseMs, limit]) {
  const due = [...tx.scan('gate')]
    .filter(
      ([name, row]) => row.group === group && (row.dueAtMs as number) < nowMs && !tx.isLocked('gate', name),
    )
    .sort(([, a], [, b]) => (a.dueAtMs as number) - (b.dueAtMs as number))
    .slice(0, limit as number);
  const claimed: Row[] = [];
  for (const [name] of due) {
    const row = yield* lockGate(tx, name);
    if (!row) continue;
    tx.put('gate', name, { ...row, claimedBy: owner, dueAtMs: nowMs + (leaseMs as number) });
    claimed.push({ topic: row.topic, key: row.key });
  }
  return answer(claimed);
});

define('postpone-gate', '14470cc0', function* ({ tx, nowMs }, [group, topic, key, owner, byMs]) {
  const name = gateKey(group, topic, key);
  if (!tx.get('gate', name)) return answer([]);
  const row = yield* lockGate(tx, name);
  if (row?.claimedBy === owner && row && Math.abs((row.dueAtMs as number) - nowMs) <= hourMs) {
    tx.put('gate', name, { ...row, dueAtMs: nowMs + (byMs as number) });
  }
  return answer([]);
});

define('release-forgotten-gates', '8a0ba2d3', function* ({ tx }, [group, topics]) {
  let rowCount = 0;
  for (const [name, seen] of tx.scan('gate')) {
    if (seen.group !== group || (topics as Texts).includes(seen.topic as string)) continue;
    const row = yield* lockGate(tx, name);
    if (!row) continue;
    tx.put('gate', name, { ...row, state: 'releasing', dueAtMs: always });
    rowCount++;
  }
  return { rows: [], rowCount };
});

function isBehind(row: Row, group: unknown, topic: unknown, key: unknown): boolean {
  return row.group === group && row.topic === topic && row.key === key;
}

const rowKey = (
  group: unknown,
  topic: unknown,
  key: unknown,
  partition: unknown,
  offset: unknown,
  copy: unknown,
) => `${gateKey(group, topic, key)}/${partition}/${offset}/${copy}`;

define(
  'insert-parked',
  '3bd3bb1c',
  function* ({ tx }, [group, topics, keys, partitions, offsets, copies, ...records]) {
    const [recordKeys, values, headers] = records as [Buffer[], (Buffer | null)[], string[]];
    for (const [i, topic] of (topics as Texts).entries()) {
      const key = (keys as Texts)[i];
      const [partition, offset] = [(partitions as Numbers)[i], (offsets as Numbers)[i]];
      const copy = (copies as Texts)[i];
      const name = rowKey(group, topic, key, partition, offset, copy);
      yield* tx.lock('parked', name);
      if (tx.get('parked', name)) continue;
      tx.put('parked', name, {
        ...{ group, topic, key, partition, offset, copy },
        ...{ recordKey: recordKeys[i], value: values[i], headers: JSON.parse(headers[i]!) },
      });
    }
    return answer([]);
  },
);

define('count-parked', '23c2bc5e', function* ({ tx }, [group, topics, keys]) {
  yield* [];
  const parked = [...tx.scan('parked').values()];
  return answer(
    (topics as Texts).map((topic, i) => {
      const key = (keys as Texts)[i];
      return { topic, key, parked: parked.filter((row) => isBehind(row, group, topic, key)).length };
    }),
  );
});

const deleteParked: Statement = function* ({ tx }, [group, topics, keys, partitions, offsets, copies]) {
  for (const [i, topic] of (topics as Texts).entries()) {
    const key = (keys as Texts)[i];
    const [partition, offset] = [(partitions as Numbers)[i], (offsets as Numbers)[i]];
    const copy = (copies as (string | null)[])[i];
    for (const [name, row] of tx.scan('parked')) {
      const isPlace =
        isBehind(row, group, topic, key) && row.partition === partition && row.offset === offset;
      if (!isPlace || (copy !== null && row.copy !== copy)) continue;
      yield* tx.lock('parked', name);
      tx.delete('parked', name);
    }
  }
  return answer([]);
};
define('delete-parked', 'ef891f79', deleteParked);

define('forget-routed', '9047185a', function* (context, values) {
  const { tx } = context;
  const [group, topics, keys, partitions, offsets] = values;
  for (const [i, topic] of (topics as Texts).entries()) {
    const name = gateKey(group, topic, (keys as Texts)[i]);
    const isBlocker = (row: Row | undefined): row is Row =>
      row?.state === 'blocked' &&
      row.partition === (partitions as Numbers)[i] &&
      row.offset === (offsets as Numbers)[i];
    if (!isBlocker(tx.get('gate', name))) continue;
    const row = yield* lockGate(tx, name);
    if (isBlocker(row)) tx.put('gate', name, { ...row, dueAtMs: never });
  }
  return yield* deleteParked(context, values);
});

define('next-parked', '596814fb', function* ({ tx }, [group, topic, key, owner, limit]) {
  yield* [];
  const gate = tx.get('gate', gateKey(group, topic, key));
  if (!gate || gate.claimedBy !== owner) return answer([]);
  const rows = [...tx.scan('parked').values()].filter(
    (row) =>
      isBehind(row, group, topic, key) &&
      (gate.state === 'releasing' || (row.partition === gate.partition && row.offset === gate.offset)),
  );
  const before = (a: Row, b: Row): number =>
    (a.partition as number) - (b.partition as number) ||
    (a.offset as number) - (b.offset as number) ||
    ((a.copy as string) < (b.copy as string) ? -1 : 1);
  return answer(rows.sort(before).slice(0, limit as number));
});
