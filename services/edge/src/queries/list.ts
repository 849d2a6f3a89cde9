import { validationFailed } from '@florin/http';
import { cursorValueSchema, type ListSpec, operators } from './list-schema.js';

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
  readonly find: (args: FindManyArguments) => Promise<readonly Row[]>;
  readonly present: (row: Row) => Resource;
}

/**
 * One page of a list, by keyset: the cursor names the last row that was seen, so that a page costs the same wherever
 * it is, and rows that arrive meanwhile shift nothing.
 * @throws Problem `validation-failed` when the cursor is not one of this list in this order
 */
export async function listPage<Row extends object, Resource>(
  options: ListOptions<Row, Resource>,
): Promise<Page<Resource>> {
  const { spec, query, scope } = options;
  const limit = query.limit as number;
  const sort = query.sort as string;
  const field = sort.replace(/^-/, '');
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor as string, spec, sort);
  const rows = await options.find({
    where: { AND: [...scope, ...filters(spec, query), ...(cursor ? [after(cursor, spec, sort)] : [])] },
    orderBy:
      field === spec.tie ? [{ [field]: direction }] : [{ [field]: direction }, { [spec.tie]: direction }],
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1) as Readonly<Record<string, unknown>> | undefined;
  return {
    data: page.map(options.present),
    nextCursor:
      rows.length > limit && last ? encodeCursor({ sort, value: last[field], tie: last[spec.tie] }) : null,
  };
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
  for (const [name, { type, model = name }] of Object.entries(spec.fields)) {
    const convert = (value: unknown): unknown => {
      if (type === 'time') return new Date(value as string);
      return type === 'boolean' ? value === 'true' : value;
    };
    if (query[name] !== undefined) conditions.push({ [model]: convert(query[name]) });
    refuseEmptyRange(name, query);
    for (const operator of operators) {
      const value = query[`${name}[${operator}]`];
      if (value !== undefined) conditions.push({ [model]: { [operator]: convert(value) } });
    }
  }
  return conditions;
}

interface Cursor {
  readonly sort: string;
  readonly value: unknown;
  readonly tie: unknown;
}

/** The first condition alone lets an index range start at the cursor; PostgreSQL cannot use an OR for that. */
function after({ value, tie }: Cursor, spec: ListSpec, sort: string): object {
  const field = sort.replace(/^-/, '');
  const beyond = sort.startsWith('-') ? 'lt' : 'gt';
  if (field === spec.tie) return { [field]: { [beyond]: value } };
  return {
    AND: [
      { [field]: { [`${beyond}e`]: value } },
      { OR: [{ [field]: { [beyond]: value } }, { [spec.tie]: { [beyond]: tie } }] },
    ],
  };
}

function encodeCursor(cursor: Cursor): string {
  const text = JSON.stringify(cursor, (_name, value) => (typeof value === 'bigint' ? Number(value) : value));
  return Buffer.from(text).toString('base64url');
}

function decodeCursor(text: string, spec: ListSpec, sort: string): Cursor {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Cursor>;
    if (cursor.sort === sort) {
      const value = cursorValueSchema(spec, sort.replace(/^-/, '')).parse(cursor.value);
      return { sort, value, tie: cursorValueSchema(spec, spec.tie).parse(cursor.tie) };
    }
  } catch {
    // Whatever is wrong with it, the answer below is the same.
  }
  throw validationFailed([{ pointer: '/query/cursor', detail: 'This is no cursor of this list and order.' }]);
}
