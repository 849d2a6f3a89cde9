import type { Caller, RouteResponse } from '@florin/http';
import type { z } from 'zod';
import { pageSchema } from '../queries/list-schema.js';

/** The answers of a call that waits for its outcome. */
export function outcomeResponses(schema: z.ZodType): Record<number, RouteResponse> {
  return {
    201: { description: 'Done. A business decline is an outcome, too.', schema },
    202: { description: 'Accepted, not done yet: see `Location`.', schema },
  };
}

export function oneResponse(schema: z.ZodType): Record<number, RouteResponse> {
  return { 200: { description: 'Found.', schema } };
}

export function pageResponse(schema: z.ZodType): Record<number, RouteResponse> {
  return {
    200: { description: 'One page.', schema: pageSchema(schema) },
    422: { description: '`query-too-broad`: no index helps, and there is too much to look through' },
  };
}

/** Restricts a query to what a customer owns. API keys with the scope of the route see everything. */
export function ownedBy(caller: Caller, condition: (customerId: string) => object): object[] {
  return caller.kind === 'customer' ? [condition(caller.customerId)] : [];
}

/** True when `caller` may see an object of `owners`. */
export function maySee(caller: Caller, owners: readonly (string | null)[]): boolean {
  return caller.kind === 'api-key' || owners.includes(caller.customerId);
}

/**
 * Lists of definitions show what is in force. Whoever asks for one by name, or for another status than `active`, also sees what is still
 * being defined or what was withdrawn.
 */
export function inForce(
  query: Readonly<Record<string, unknown>>,
  names: readonly string[],
  condition: object,
): object[] {
  const isNamed = Object.keys(query).some((name) => names.includes(name));
  const isOfOtherStatus = query.status !== undefined && query.status !== 'active';
  return isNamed || isOfOtherStatus ? [] : [condition];
}
