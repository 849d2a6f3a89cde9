import { z } from 'zod';
import { instant } from '../fields.js';
import { transactionSchema } from '../resources.js';

export const bulkSchema = z
  .object({
    id: z.uuid(),
    mode: z.enum(['atomic', 'independent']),
    status: z.enum(['pending', 'completed', 'declined', 'partially-completed']),
    items: z.array(transactionSchema).meta({ description: 'In the order of the request.' }),
    createdAt: instant,
  })
  .meta({ id: 'Bulk' });
