import { z } from 'zod';

/**
 * What the rules of a workflow look at: `/data/…` is what the applicant filled in, `/steps/<name>/…` what a step put
 * out, `/decision/…` the decision once it is made. Addressed by JSON Pointer (RFC 6901).
 */
export interface Facts {
  readonly data: unknown;
  readonly steps: Readonly<Record<string, unknown>>;
  readonly decision: unknown;
}

export const pointerSchema = z.string().regex(/^(\/([^/~]|~[01])*)+$/, 'must be a JSON Pointer');

/** The value under a JSON Pointer; undefined when there is none. */
export function factAt(facts: Facts, pointer: string): unknown {
  let value: unknown = facts;
  for (const token of pointer.slice(1).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    // Own properties only: a definition must not reach into prototypes.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const conditionSchema = z.discriminatedUnion('operator', [
  z.strictObject({ fact: pointerSchema, operator: z.enum(['eq', 'ne']), value: scalar }),
  z.strictObject({ fact: pointerSchema, operator: z.enum(['lt', 'lte', 'gt', 'gte']), value: z.number() }),
  z.strictObject({ fact: pointerSchema, operator: z.literal('in'), value: z.array(scalar).max(100) }),
  z.strictObject({ fact: pointerSchema, operator: z.literal('present'), value: z.boolean() }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** All of the conditions; none at all is true. */
export const conditionsSchema = z.array(conditionSchema).max(20);

export function allHold(facts: Facts, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => holds(facts, condition));
}

/** A comparison with a fact that is missing or of another type is false; only `ne` and `present` see it as a value. */
function holds(facts: Facts, condition: Condition): boolean {
  const fact = factAt(facts, condition.fact);
  switch (condition.operator) {
    case 'eq':
      return fact === condition.value;
    case 'ne':
      return fact !== condition.value;
    case 'in':
      return (condition.value as unknown[]).includes(fact);
    case 'present':
      return (fact !== undefined) === condition.value;
    case 'lt':
      return typeof fact === 'number' && fact < condition.value;
    case 'lte':
      return typeof fact === 'number' && fact <= condition.value;
    case 'gt':
      return typeof fact === 'number' && fact > condition.value;
    case 'gte':
      return typeof fact === 'number' && fact >= condition.value;
  }
}
