import { z } from 'zod';

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Fields that several routes share; their descriptions end up in the OpenAPI document. */
export const uuid = z.uuid().toLowerCase();
export const code = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens, at most 63.');
export const name = z.string().trim().min(1).max(100);
export const currency = z.string().refine((text) => currencies.has(text), 'Not a currency of ISO 4217.');
/** Minor units, positive. */
export const amount = z.int().min(1);
/** Minor units, not negative. */
export const amountOrZero = z.int().min(0);
export const instant = z.iso.datetime({ offset: true });
export const idParams = z.object({ id: uuid });
/** The body of a call that says why; the body may be left out. */
export const reasonBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() }).optional();
export const idempotencyHeaders = z.object({ 'Idempotency-Key': z.string().max(255).optional() });
export const requiredIdempotencyHeaders = z.object({ 'Idempotency-Key': z.string().max(255) });
