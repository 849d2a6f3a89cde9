import type { ReconciliationBreakChanged } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Shows breaks as they are by now, at most one event for each: an event holds all that is known of its break. */
export async function projectReconciliationBreaks(
  tx: Transaction,
  events: readonly ReconciliationBreakChanged[],
): Promise<void> {
  const time = (at: number | null): Date | null => (at === null ? null : new Date(at));
  await tx.query({
    name: 'project-reconciliation-breaks',
    text: `INSERT INTO reconciliation_breaks AS known
             (id, settlement_file_id, line_number, kind, payment_kind, payment_id, reference, transaction_id, currency,
              provider_amount, our_amount, provider_status, our_status, status, resolution, reason, adjustment,
              adjustment_transaction_id, refusal_reason, proposed_by, approved_by, version, found_at, resolved_at)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],
                                $8::uuid[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[],
                                $14::text[], $15::text[], $16::text[], $17::jsonb[], $18::uuid[], $19::text[],
                                $20::text[], $21::text[], $22::bigint[], $23::timestamptz[], $24::timestamptz[])
           ON CONFLICT (id) DO UPDATE SET
             settlement_file_id = excluded.settlement_file_id, line_number = excluded.line_number, kind = excluded.kind,
             currency = excluded.currency, provider_amount = excluded.provider_amount, our_amount = excluded.our_amount,
             provider_status = excluded.provider_status, our_status = excluded.our_status,
             status = excluded.status, resolution = excluded.resolution, reason = excluded.reason,
             adjustment = excluded.adjustment, adjustment_transaction_id = excluded.adjustment_transaction_id,
             refusal_reason = excluded.refusal_reason, proposed_by = excluded.proposed_by,
             approved_by = excluded.approved_by, version = excluded.version, resolved_at = excluded.resolved_at
           WHERE known.version < excluded.version`,
    values: [
      events.map((event) => event.breakId),
      events.map((event) => event.settlementFileId),
      events.map((event) => event.lineNumber),
      events.map((event) => event.kind),
      events.map((event) => event.paymentKind),
      events.map((event) => event.paymentId),
      events.map((event) => event.reference),
      events.map((event) => event.transactionId),
      events.map((event) => event.currency),
      events.map((event) => event.providerAmount),
      events.map((event) => event.ourAmount),
      events.map((event) => event.providerStatus),
      events.map((event) => event.ourStatus),
      events.map((event) => event.status),
      events.map((event) => event.resolution),
      events.map((event) => event.reason),
      events.map((event) => event.adjustment && JSON.stringify(event.adjustment)),
      events.map((event) => event.adjustmentTransactionId),
      events.map((event) => event.refusalReason),
      events.map((event) => event.proposedBy),
      events.map((event) => event.approvedBy),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.foundAt)),
      events.map((event) => time(event.resolvedAt)),
    ],
  });
}
