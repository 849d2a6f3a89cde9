import { Problem } from '@florin/http';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { PrismaClient } from '../db/generated/client.js';
import { type FindManyArguments, listPage } from './list.js';
import { type ListSpec, listSchema } from './list-schema.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    group: { type: 'text', model: 'consumerGroup' },
    name: { type: 'text' },
    kind: { type: 'text' },
    decisionOutcome: { type: 'text', nullable: true, path: 'decision.outcome' },
    amount: { type: 'money' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

const item = z.object({
  id: z.uuid(),
  group: z.string(),
  kind: z.enum(['books', 'chain']),
  decision: z.object({ outcome: z.enum(['approved', 'declined']) }).nullable(),
});

/** Runs a list over rows that the "database" returns and gives back what it was asked for. */
async function run(query: Record<string, string>, rows: readonly object[] = []) {
  let asked: FindManyArguments | undefined;
  const page = await listPage({
    spec,
    query: listSchema(spec, item).parse(query),
    scope: [{ ownerId: 'me' }],
    prisma: undefined as unknown as PrismaClient,
    find: async (_db, args) => {
      asked = args;
      return rows.slice(0, args.take);
    },
    present: (row) => row,
  });
  return { asked, page };
}

describe('a list', () => {
  test('given no parameters, is newest first, 50 rows and one more to look ahead', async () => {
    const { asked, page } = await run({});
    expect(asked).toEqual({
      where: { AND: [{ ownerId: 'me' }] },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: 51,
    });
    expect(page).toEqual({ data: [], nextCursor: null });
  });

  test('given filters and ranges, adds them under the names of the model', async () => {
    const { asked } = await run({
      group: 'edge',
      'amount[gte]': '5',
      'createdAt[lt]': '2026-01-01T00:00:00Z',
    });
    expect(asked?.where.AND.slice(1)).toEqual([
      { consumerGroup: 'edge' },
      { amount: { gte: 5 } },
      { createdAt: { lt: new Date('2026-01-01T00:00:00Z') } },
    ]);
  });

  test('given a cursor, goes on behind the row it names', async () => {
    const createdAt = new Date('2026-01-02T03:04:05.678Z');
    const ids = ['01a1fc8d-90d0-7429-b854-0bee1f98170e', '01a1fc8d-99cf-7022-8cca-c8cdec432146'];
    const rows = ids.map((id) => ({ id, createdAt }));
    const { page } = await run({ limit: '1' }, rows);
    expect(page.data).toHaveLength(1);
    const { asked } = await run({ limit: '1', cursor: page.nextCursor as string });
    expect(JSON.parse(JSON.stringify(asked?.where.AND[1]))).toEqual({
      AND: [
        { createdAt: { lte: createdAt.toISOString() } },
        { OR: [{ createdAt: { lt: createdAt.toISOString() } }, { id: { lt: ids[0] } }] },
      ],
    });
  });

  test('given long names in a script of many bytes, accepts its own cursor', async () => {
    const ids = ['01a1fc8d-90d0-7429-b854-0bee1f98170e', '01a1fc8d-99cf-7022-8cca-c8cdec432146'];
    const { page } = await run(
      { limit: '1', sort: 'name' },
      ids.map((id) => ({ id, name: '語'.repeat(200) })),
    );
    const cursor = page.nextCursor as string;
    await expect(run({ limit: '1', sort: 'name', cursor })).resolves.toBeDefined();
  });

  test('given a cursor of another order, or nonsense, is refused', async () => {
    const { page } = await run({ limit: '1' }, [
      { id: 'a', createdAt: new Date() },
      { id: 'b', createdAt: new Date() },
    ]);
    for (const cursor of [page.nextCursor as string, 'nonsense', 'e30']) {
      await expect(run({ sort: 'amount', cursor })).rejects.toBeInstanceOf(Problem);
    }
  });

  test.each([
    { sort: '-createdAt', value: 'yesterday', tie: '01a1fc8d-90d0-7429-b854-0bee1f98170e' },
    { sort: '-createdAt', value: 1, tie: '01a1fc8d-90d0-7429-b854-0bee1f98170e' },
    { sort: '-createdAt', value: '2026-01-01T00:00:00Z', tie: 'x' },
    { sort: '-createdAt', value: '2026-01-01T00:00:00Z' },
    { sort: 'amount', value: 1.5, tie: '01a1fc8d-90d0-7429-b854-0bee1f98170e' },
    { sort: 'name', value: 'a\u0000', tie: '01a1fc8d-90d0-7429-b854-0bee1f98170e' },
  ])('given the made-up cursor %j, is refused', async (made) => {
    const cursor = Buffer.from(JSON.stringify(made)).toString('base64url');
    await expect(run({ sort: made.sort, cursor })).rejects.toMatchObject({ code: 'validation-failed' });
  });

  test('given a value that the field of an item can have, is not refused', () => {
    const query = { kind: 'chain', decisionOutcome: 'declined' };
    expect(listSchema(spec, item).parse(query)).toMatchObject(query);
  });

  test.each([
    { limit: '0' },
    { limit: '201' },
    { sort: 'nothing' },
    { unknown: '1' },
    { 'group[gt]': 'x' },
    { kind: 'weird' },
    { decisionOutcome: 'weird' },
    { createdAt: '0000-01-01T00:00:00Z' },
  ])('given %j, is refused', (query) => {
    expect(listSchema(spec, item).safeParse(query).success).toBe(false);
  });
});
