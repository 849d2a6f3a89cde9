import { type Pool, type Transaction, uuidv7 } from '@florin/database';
import { type CountedSecurityEvent, callerKindOf } from '../domain/security-event.js';

/** Appends rows to the security log, in one statement. */
export async function insertSecurityEvents(
  connection: Pool | Transaction,
  events: readonly CountedSecurityEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await connection.query({
    name: 'insert-security-events',
    text: `INSERT INTO security_events
             (id, event, outcome, reason, actor, caller_kind, subject, customer_id, detail, address, user_agent,
              request_id, trace_id, occurrences, occurred_at)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                $8::uuid[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::text[],
                                $14::integer[], $15::timestamptz[])`,
    values: [
      events.map(() => uuidv7()),
      events.map(({ event }) => event),
      events.map(({ outcome }) => outcome),
      events.map(({ reason }) => reason ?? null),
      events.map(({ actor }) => actor),
      events.map(({ actor }) => callerKindOf(actor)),
      events.map(({ subject }) => subject ?? null),
      events.map(({ customerId }) => customerId ?? null),
      events.map(({ detail }) => JSON.stringify(detail ?? {})),
      events.map(({ origin }) => origin.address),
      events.map(({ origin }) => origin.userAgent),
      events.map(({ origin }) => origin.requestId),
      events.map(({ origin }) => origin.traceId),
      events.map(({ occurrences }) => occurrences),
      events.map(({ occurredAt }) => occurredAt),
    ],
  });
}
