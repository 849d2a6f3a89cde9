import { z } from 'zod';

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Fields that several routes share; their descriptions end up in the OpenAPI document. */
export const uuid = z.uuid().toLowerCase();
export const code = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens, at most 63.');
/** How long a text may be is measured before it is trimmed: the OpenAPI document speaks of what is sent. */
export const name = z.string().max(100).trim().min(1);
export const currency = z.string().refine((text) => currencies.has(text), 'Not a currency of ISO 4217.');
/** Minor units, positive. */
export const amount = z.int().min(1);
/** Minor units, not negative. */
export const amountOrZero = z.int().min(0);
export const instant = z.iso.datetime({ offset: true });
export const idParams = z.object({ id: uuid });
/** Why somebody acts. What becomes of it is up to the route: the audit trail has some, messages carry others. */
export const reason = z.string().max(500).trim().min(1);
/** The body of a call that says why; the body may be left out. */
export const reasonBody = z.strictObject({ reason: reason.optional() }).optional();
