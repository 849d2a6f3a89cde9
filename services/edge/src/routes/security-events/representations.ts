import { z } from 'zod';
import type { SecurityEvent } from '../../db/generated/client.js';
import { type SecurityEventName, securityEventNames } from '../../domain/security-event.js';
import { instant } from '../fields.js';

const ownFields = {
  id: z.uuid(),
  event: z.enum(securityEventNames).meta({ description: 'Stable name.', example: 'login.failed' }),
  outcome: z.enum(['succeeded', 'refused']),
  reason: z.string().nullable().meta({ description: 'Stable code of a refusal.' }),
  callerKind: z.enum(['customer', 'api-key', 'service', 'anonymous']),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  occurrences: z.int().meta({ description: 'More than 1 when a flood was counted instead of written.' }),
  occurredAt: instant,
};

export const ownSecurityEventSchema = z.object(ownFields).meta({ id: 'OwnSecurityEvent' });

export const securityEventSchema = z
  .object({
    ...ownFields,
    actor: z.string().meta({ description: '`customer:<id>`, `key:<id>`, `service:<name>` or `anonymous`.' }),
    subject: z.string().nullable(),
    customerId: z.uuid().nullable(),
    requestId: z.string().nullable(),
    traceId: z.string().nullable(),
    detail: z.unknown(),
  })
  .meta({ id: 'SecurityEvent' });

/** What customers see of the events that concern them. Ids of operators and of other requests are not among it. */
export function representOwnSecurityEvent(row: SecurityEvent): z.infer<typeof ownSecurityEventSchema> {
  const { id, event, reason, address, userAgent, occurrences } = row;
  return {
    ...{ id, reason, address, userAgent, occurrences },
    // Newer instances write names that this one does not know yet.
    event: event as SecurityEventName,
    outcome: ownFields.outcome.parse(row.outcome),
    callerKind: ownFields.callerKind.parse(row.callerKind),
    occurredAt: row.occurredAt.toISOString(),
  };
}

export function representSecurityEvent(row: SecurityEvent): z.infer<typeof securityEventSchema> {
  const { actor, subject, customerId, requestId, traceId, detail } = row;
  return { ...representOwnSecurityEvent(row), actor, subject, customerId, requestId, traceId, detail };
}
