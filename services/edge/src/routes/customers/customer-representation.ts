import { z } from 'zod';
import type { Customer } from '../../db/generated/client.js';

export const customerSchema = z
  .object({
    id: z.uuid(),
    fullName: z.string(),
    email: z.string(),
    phone: z.string().meta({ description: 'E.164', example: '+14155550123' }),
    status: z.enum(['pending_verification', 'active']),
    timeZone: z.string().meta({ description: 'IANA', example: 'Europe/Berlin' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Customer' });

/** A customer as clients see one. */
export function representCustomer(customer: Customer): z.infer<typeof customerSchema> {
  return {
    id: customer.id,
    fullName: customer.fullName,
    email: customer.email,
    phone: customer.phone,
    status: customer.status === 'active' ? 'active' : 'pending_verification',
    timeZone: customer.timeZone,
    createdAt: customer.createdAt.toISOString(),
  };
}
