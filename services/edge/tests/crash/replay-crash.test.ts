import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DeathPoint, ServiceProcess } from '../../../../test/env/service-process.js';
import { eventually } from '../../../../test/story/eventually.js';
import { call } from '../../../../test/story/http.js';
import { type Any, admin, EdgeFixture } from '../edge-fixture.js';
import { writeDeadLetters } from './many-dead-letters.js';

const count = 10_000;

/** Where the first of two edges dies, and at which of its visits there; the other is killed in the same moment. */
const points: readonly (readonly [string, number])[] = [
  ['after:insert-replay', 1],
  ['after:take-unsent-replays', 2],
  ['after:send-retry', 2],
  ['after:mark-replays-sent', 2],
  ['after:finish-replay-items', 2],
];

let edge: EdgeFixture;
const processes = new Set<ServiceProcess>();

beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(async () => {
  for (const process of processes) await process.kill();
  await edge.close();
});

async function startEdge(dieAt?: DeathPoint): Promise<ServiceProcess> {
  const started = await ServiceProcess.start('edge', edge.environment, { dieAt });
  processes.add(started);
  return started;
}

/** Asks until an edge accepts: a client that got no answer repeats its call with the same key. */
function startReplay({ url, isAlive }: ServiceProcess, key: string): Promise<string> {
  const body = { fingerprint: 'many' };
  return eventually(
    'a replay to be accepted',
    async () => {
      if (!isAlive()) return 'dead';
      const answer = await call<Any>('POST', `${url}/ops/v1/replays`, {
        token: admin,
        idempotencyKey: key,
        body,
      }).catch(() => undefined);
      return answer?.status === 202 ? (answer.body.id as string) : undefined;
    },
    90_000,
  );
}

async function counted(sql: string): Promise<Record<string, number>> {
  const { rows } = await edge.pool.query<{ what: string; n: number }>(sql);
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]));
}

const outcomes = () => counted('SELECT outcome AS what, count(*)::int AS n FROM replay_items GROUP BY 1');

describe(`a replay of ${count} dead letters`, () => {
  test('that was started twice on two edges, both killed five times, applies each once', async () => {
    const transactionIds = await writeDeadLetters(edge, count);
    await edge.stopEdges();
    const keys = [randomUUID(), randomUUID()] as const;
    for (const point of points) {
      const pair = await Promise.all([startEdge(point), startEdge(point)]);
      // Each is asked for a replay of the same letters; after a crash these are repeats of calls with the same keys.
      for (const [i, one] of pair.entries()) void startReplay(one, keys[i]!);
      expect(await Promise.race(pair.map((one) => one.death(120_000)))).toBe('SIGKILL');
      for (const one of pair) await one.kill();
    }
    const [first, second] = await Promise.all([startEdge(), startEdge()]);
    const ids = await Promise.all([startReplay(first, keys[0]), startReplay(second, keys[1])]);
    expect(new Set(ids).size).toBe(2);
    await eventually(
      'every outcome',
      async () => ((await outcomes()).pending === undefined ? true : undefined),
      180_000,
    );

    const found = await outcomes();
    expect((found.applied ?? 0) + (found.duplicate ?? 0)).toBe(count);
    expect(Object.keys(found).filter((outcome) => !['applied', 'duplicate'].includes(outcome))).toEqual([]);
    const items = await counted(
      'SELECT dead_letter_id AS what, count(*)::int AS n FROM replay_items GROUP BY 1 HAVING count(*) > 1',
    );
    expect(items).toEqual({});
    expect(await counted('SELECT status AS what, count(*)::int AS n FROM dead_letters GROUP BY 1')).toEqual({
      resolved: count,
    });
    const notified = await eventually(
      'the notifications',
      async () => {
        const { n } = (await counted(`SELECT 'n' AS what, count(*)::int AS n FROM notifications`)) as {
          n: number;
        };
        return n >= transactionIds.length ? n : undefined;
      },
      60_000,
    );
    expect(notified).toBe(count);
  }, 600_000);
});
