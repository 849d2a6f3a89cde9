import { z } from 'zod';

export type FieldType = 'text' | 'uuid' | 'integer' | 'money' | 'time' | 'boolean';

export interface ListField {
  readonly type: FieldType;
  /** May be null: then `<field>[null]=true` finds where it is, and nulls are last in ascending order. */
  readonly nullable?: boolean;
  /** Name in the model where it is not that of the resource. */
  readonly model?: string;
  /** Where it is in the resource, when not at the top under its own name: `balances.posted`. */
  readonly path?: string;
}

/** What a list can be filtered and sorted by; by the names of the resource. */
export interface ListSpec {
  readonly fields: Readonly<Record<string, ListField>>;
  /** Unique field that ends every order, so that a page never tears between rows with equal sort values. */
  readonly tie: string;
  /** Default order: `-createdAt` is newest first. */
  readonly defaultSort: string;
}

/** Comparisons besides equality, written as `amount[gte]=100`. */
export const operators = ['gt', 'gte', 'lt', 'lte'] as const;

const ranged: ReadonlySet<FieldType> = new Set(['integer', 'money', 'time']);

/** PostgreSQL writes earlier years in another way, and nothing here is that old. */
const firstInstant = Date.parse('0001-01-01T00:00:00Z');

/** Room for a sort value of 300 characters of four bytes each, in base64. */
const maxCursorLength = 2_000;

/**
 * A whole number as people write it. Coercion alone also takes `0x5`, `1e3` and, as zero, nothing at all; numbers come
 * from cursors.
 */
export function wholeNumber(schema: z.ZodNumber) {
  return z.preprocess((value) => (typeof value === 'string' ? parseWholeNumber(value) : value), schema);
}

function parseWholeNumber(text: string): number | string {
  return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
}

const filterSchemas: Record<FieldType, z.ZodType> = {
  text: z.string().max(300),
  uuid: z.uuid(),
  integer: wholeNumber(z.number().int().min(-2147483648).max(2147483647)),
  money: wholeNumber(z.number().int()),
  time: z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) >= firstInstant, 'Before the year 1.'),
  boolean: z.enum(['true', 'false']),
};

/** How many items a page has. */
export const pageSize = wholeNumber(z.number().int().min(1).max(200));
export const defaultPageSize = 50;
export const limitSchema = pageSize
  .default(defaultPageSize)
  .meta({ description: `Items a page has, ${defaultPageSize} when it is not given.`, example: 20 });

/**
 * The query string of a list of `item`s: paging, order, and a filter for every field. Unknown parameters are refused, and
 * so are values that the field of an item cannot have: that a page is empty would hide a slip of the pen.
 */
export function listSchema(spec: ListSpec, item: z.ZodObject): z.ZodObject {
  const filters: Record<string, z.ZodType> = {};
  for (const [name, { type, nullable, path }] of Object.entries(spec.fields)) {
    const schema = (choicesOf(item, path ?? name) ?? filterSchemas[type]).optional();
    filters[name] = path === undefined ? schema : schema.meta({ description: `Of \`${path}\`.` });
    if (nullable) filters[`${name}[null]`] = filterSchemas.boolean.optional();
    if (!ranged.has(type)) continue;
    for (const operator of operators) filters[`${name}[${operator}]`] = filterSchemas[type].optional();
  }
  return z.strictObject({
    limit: limitSchema,
    cursor: z.string().max(maxCursorLength).optional(),
    sort: z.enum(sortsOf(spec) as [string, ...string[]]).default(spec.defaultSort),
    ...filters,
  });
}

/** The values of a field that has only some, wherever it is in an item; undefined for any other field. */
function choicesOf(item: z.ZodType, path: string): z.ZodEnum | undefined {
  let schema: unknown = item;
  for (const name of path.split('.')) {
    schema = plainOf(schema);
    schema = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  }
  schema = plainOf(schema);
  return schema instanceof z.ZodEnum ? schema : undefined;
}

/** Without what says that it may be null or missing. */
function plainOf(schema: unknown): unknown {
  let plain = schema;
  while (plain instanceof z.ZodNullable || plain instanceof z.ZodOptional) plain = plain.unwrap();
  return plain;
}

/** What a cursor may hold for a field: whoever makes one up must not get past the checks of the filters. */
export function cursorValueSchema(spec: ListSpec, field: string): z.ZodType {
  const { type, nullable } = spec.fields[field] ?? { type: 'text' };
  const plain = type === 'boolean' ? z.boolean() : filterSchemas[type];
  const schema = plain.refine(
    (value) => typeof value !== 'string' || !value.includes('\u0000'),
    'The character U+0000 is not allowed.',
  );
  return nullable ? schema.nullable() : schema;
}

function sortsOf({ fields }: ListSpec): string[] {
  return Object.keys(fields).flatMap((name) => [name, `-${name}`]);
}

/** The answer of a list. */
export function pageSchema(item: z.ZodType): z.ZodObject {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}
