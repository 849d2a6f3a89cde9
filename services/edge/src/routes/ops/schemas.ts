import { z } from 'zod';
import { instant } from '../fields.js';

export const deadLetterSchema = z
  .object({
    id: z.uuid(),
    topic: z.string(),
    group: z.string(),
    partition: z.int(),
    offset: z.int(),
    key: z.string().nullable(),
    messageName: z.string().nullable(),
    errorCode: z.string(),
    errorMessage: z.string(),
    fingerprint: z.string(),
    attempts: z.int(),
    firstFailedAt: instant,
    lastFailedAt: instant,
    status: z.enum(['pending', 'replaying', 'resolved', 'discarded']),
    resolution: z
      .enum(['applied', 'duplicate', 'superseded'])
      .nullable()
      .describe('superseded: the replay failed, and the message came back as a new dead letter.'),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterDetailSchema = deadLetterSchema
  .extend({
    payload: z.unknown().describe('The decoded message; null when its bytes cannot be decoded.'),
    valueBase64: z.string().describe('The raw bytes.'),
    failure: z.unknown().describe('What the failure headers said.'),
  })
  .meta({ id: 'DeadLetterDetail' });

export const replaySchema = z
  .object({
    id: z.uuid(),
    status: z.enum(['running', 'completed']),
    requestedBy: z.string(),
    selection: z.unknown(),
    createdAt: instant,
    items: z.array(
      z.object({
        deadLetterId: z.uuid(),
        outcome: z.enum(['pending', 'applied', 'duplicate', 'failed']),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Replay' });
