import { validationFailed } from '@florin/http';
import { cursorValueSchema, type ListField, type ListSpec } from './list-schema.js';

/** Order of a list: a field and its direction; the tie follows in the same one. */
export interface Order {
  readonly name: string;
  readonly descending: boolean;
}

/** The last row that a client has seen. */
export interface Cursor {
  readonly value: unknown;
  readonly tie: unknown;
}

export function orderOf(sort: string): Order {
  return { name: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
}

/** Name of a field in the model. */
export function modelName({ fields }: ListSpec, name: string): string {
  return fields[name]?.model ?? name;
}

/** Nulls are where an index has them, so that it serves both directions: last ascending, first descending. */
export function orderBy(spec: ListSpec, { name, descending }: Order): object[] {
  const direction = descending ? 'desc' : 'asc';
  const field = modelName(spec, name);
  if (name === spec.tie) return [{ [field]: direction }];
  const order = spec.fields[name]?.nullable
    ? { sort: direction, nulls: descending ? 'first' : 'last' }
    : direction;
  return [{ [field]: order }, { [modelName(spec, spec.tie)]: direction }];
}

/** The rows behind the cursor in this order. */
export function behind(spec: ListSpec, order: Order, { value, tie }: Cursor): object {
  const field = modelName(spec, order.name);
  const operator = order.descending ? 'lt' : 'gt';
  if (order.name === spec.tie) return { [field]: { [operator]: value } };
  const { type, nullable }: ListField = spec.fields[order.name]!;
  const sameValue = { AND: [{ [field]: value }, { [modelName(spec, spec.tie)]: { [operator]: tie } }] };
  if (value === null) return order.descending ? either(sameValue, { [field]: { not: null } }) : sameValue;
  if (type === 'boolean') {
    // There is one value beyond the lower one, and none beyond the higher.
    const beyond = value === order.descending ? [{ [field]: !value }] : [];
    return either(sameValue, ...beyond, ...(nullable && !order.descending ? [{ [field]: null }] : []));
  }
  // The first condition alone lets an index range start at the cursor; PostgreSQL cannot use an OR for that.
  const notNull = {
    AND: [
      { [field]: { [`${operator}e`]: value } },
      either({ [field]: { [operator]: value } }, { [modelName(spec, spec.tie)]: { [operator]: tie } }),
    ],
  };
  return nullable && !order.descending ? either(notNull, { [field]: null }) : notNull;
}

function either(...conditions: object[]): object {
  return { OR: conditions };
}

export function encodeCursor(sort: string, cursor: Cursor): string {
  const text = JSON.stringify({ sort, ...cursor }, (_name, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return Buffer.from(text).toString('base64url');
}

/** @throws Problem `validation-failed` when the cursor is not one of this list in this order */
export function decodeCursor(text: string, spec: ListSpec, sort: string): Cursor {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<
      Cursor & { sort: string }
    >;
    if (cursor.sort === sort) {
      const value = cursorValueSchema(spec, orderOf(sort).name).parse(cursor.value);
      return { value, tie: cursorValueSchema(spec, spec.tie).parse(cursor.tie) };
    }
  } catch {
    // Whatever is wrong with it, the answer below is the same.
  }
  throw validationFailed([{ pointer: '/query/cursor', detail: 'This is no cursor of this list and order.' }]);
}
