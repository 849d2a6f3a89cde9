import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceProcess } from '../../../../test/env/service-process.js';
import { eventually } from '../../../../test/story/eventually.js';
import { call } from '../../../../test/story/http.js';
import { type Any, admin, EdgeFixture } from '../edge-fixture.js';

let edge: EdgeFixture;
const processes = new Set<ServiceProcess>();

beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(async () => {
  for (const process of processes) await process.kill();
  await edge.close();
});

test.each([
  ['after:claim-keyed-call', 'runs'],
  ['after:mark-keyed-call', 'runs'],
  ['before:answer-keyed-call', 'is lost'],
] as const)(
  'an edge that dies %s: the repeat %s',
  async (point, repeat) => {
    const victim = await ServiceProcess.start('edge', edge.environment, { dieAt: [point, 1] });
    processes.add(victim);
    const idempotencyKey = randomUUID();
    const body = { name: `r-${idempotencyKey.slice(0, 8)}`, minAgeSeconds: 60 };
    const create = (url: string) =>
      call<Any>('POST', `${url}/ops/v1/redrive-rules`, { token: admin, idempotencyKey, body });
    await eventually(
      'the edge to take the call, and to die of it',
      async () => {
        if (!victim.isAlive()) return true;
        await create(victim.url).catch(() => undefined);
        return undefined;
      },
      90_000,
    );
    expect(await victim.death()).toBe('SIGKILL');
    edge.advanceClock(61_000);
    const second = await create(edge.url);
    if (repeat === 'runs') {
      expect(second.status).toBe(201);
      expect((await create(edge.url)).text).toBe(second.text);
    } else {
      expect(second).toMatchObject({ status: 409, body: { code: 'idempotency-answer-lost' } });
    }
    const { rows } = await edge.pool.query('SELECT count(*)::int AS n FROM redrive_rules WHERE name = $1', [
      body.name,
    ]);
    expect(rows).toEqual([{ n: 1 }]);
  },
  180_000,
);
