import { Problem, validationFailed } from '@florin/http';
import type { PrismaClient } from '../db/generated/client.js';
import { behind, decodeCursor, encodeCursor, modelName, orderBy, orderOf } from './keyset.js';
import { type ListSpec, operators } from './list-schema.js';

/** Arguments of Prisma's `findMany`, whatever the model. */
export interface FindManyArguments {
  readonly where: { readonly AND: object[] };
  readonly orderBy: object[];
  readonly take: number;
}

export interface Page<Resource> {
  readonly data: readonly Resource[];
  readonly nextCursor: string | null;
}

export interface ListOptions<Row, Resource> {
  readonly spec: ListSpec;
  /** As `listSchema(spec)` has parsed it. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Conditions of the caller: what is his, what is in force. */
  readonly scope: readonly object[];
  /** With connections for lists: what they may take is limited there. */
  readonly prisma: PrismaClient;
  readonly find: (db: PrismaClient, args: FindManyArguments) => Promise<readonly Row[]>;
  readonly present: (row: Row) => Resource;
}

/**
 * One page of a list, by keyset: the cursor names the last row that was seen, so that a page costs the same wherever
 * it is, and rows that arrive meanwhile shift nothing.
 * @throws Problem `validation-failed` when the cursor is not one of this list in this order, 422 `query-too-broad` when
 * no index helps and there is too much to look through
 */
export async function listPage<Row extends object, Resource>(
  options: ListOptions<Row, Resource>,
): Promise<Page<Resource>> {
  const { spec, query, scope, prisma, find } = options;
  const limit = query.limit as number;
  const sort = query.sort as string;
  const order = orderOf(sort);
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor as string, spec, sort);
  const args = {
    where: { AND: [...scope, ...filters(spec, query), ...(cursor ? [behind(spec, order, cursor)] : [])] },
    orderBy: orderBy(spec, order),
    take: limit + 1,
  };
  const rows = await find(prisma, args).catch(explain);
  const page = rows.slice(0, limit);
  const last = page.at(-1) as Readonly<Record<string, unknown>> | undefined;
  const seen = (name: string): unknown => last?.[modelName(spec, name)];
  return {
    data: page.map(options.present),
    nextCursor:
      rows.length > limit && last
        ? encodeCursor(sort, { value: seen(order.name), tie: seen(spec.tie) })
        : null,
  };
}

/** @throws Problem 422 when there was too much to look through, 503 when others look through as much */
function explain(error: unknown): never {
  if (hasNoConnection(error)) throw busy(error);
  if (!isCancelled(error)) throw error;
  throw new Problem(
    422,
    'query-too-broad',
    'No index helps with this filter or order, and there is too much to look through. Narrow the list down.',
    { cause: error },
  );
}

function hasNoConnection(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timeout exceeded when trying to connect');
}

function busy(cause: unknown): Problem {
  return new Problem(503, 'overloaded', 'Too many costly lists at once; try again in a moment.', {
    headers: { 'Retry-After': '2' },
    cause,
  });
}

/** PostgreSQL's 57014, wherever Prisma keeps it. */
function isCancelled(error: unknown): boolean {
  return (
    error instanceof Error && /57014|statement timeout/.test(`${error.message} ${JSON.stringify(error)}`)
  );
}

/** A range that nothing can be in is a mistake of the caller, not an empty list. */
function refuseEmptyRange(name: string, query: Readonly<Record<string, unknown>>): void {
  const ends = ['gt', 'gte', 'lt', 'lte'].map((operator) => query[`${name}[${operator}]`]);
  const [gt, gte, lt, lte] = ends.map((end) => (typeof end === 'string' ? Date.parse(end) : (end as number)));
  const low = Math.max(gt ?? Number.NEGATIVE_INFINITY, gte ?? Number.NEGATIVE_INFINITY);
  const high = Math.min(lt ?? Number.POSITIVE_INFINITY, lte ?? Number.POSITIVE_INFINITY);
  if (low <= high) return;
  throw validationFailed([
    { pointer: `/query/${name}`, detail: 'The range is empty: it ends before it begins.' },
  ]);
}

function filters(spec: ListSpec, query: Readonly<Record<string, unknown>>): object[] {
  const conditions: object[] = [];
  for (const [name, { type }] of Object.entries(spec.fields)) {
    const model = modelName(spec, name);
    const convert = (value: unknown): unknown => {
      if (type === 'time') return new Date(value as string);
      return type === 'boolean' ? value === 'true' : value;
    };
    if (query[name] !== undefined) conditions.push({ [model]: convert(query[name]) });
    const isNull = query[`${name}[null]`];
    if (isNull !== undefined) conditions.push({ [model]: isNull === 'true' ? null : { not: null } });
    refuseEmptyRange(name, query);
    for (const operator of operators) {
      const value = query[`${name}[${operator}]`];
      if (value !== undefined) conditions.push({ [model]: { [operator]: convert(value) } });
    }
  }
  return conditions;
}
