import type { Transaction } from '@florin/database';
import type { SortedBreaks } from '../domain/known-breaks.js';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

/** Shows differences as a new file has found them. What was proposed was about what they were before. */
export async function renewBreaks(
  tx: Transaction,
  fileId: string,
  renewed: SortedBreaks['renewed'],
): Promise<BreakRow[]> {
  if (renewed.length === 0) return [];
  const facts = renewed.map(({ found }) => found);
  const { rows } = await tx.query<BreakRow>({
    name: 'renew-breaks',
    text: `UPDATE reconciliation_breaks b
              SET file_id = $1, kind = u.kind, line_number = u.line_number, currency = u.currency,
                  provider_amount = u.provider_amount, our_amount = u.our_amount, provider_status = u.provider_status, our_status = u.our_status,
                  status = 'open', reason = NULL, adjustment = NULL, proposed_by = NULL, refusal_reason = NULL,
                  version = b.version + 1
             FROM unnest($2::uuid[], $3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
                         $9::text[])
                  AS u (id, line_number, currency, provider_amount, our_amount, provider_status, our_status, kind)
            WHERE b.id = u.id
        RETURNING ${breakColumns}`,
    values: [
      fileId,
      renewed.map(({ id }) => id),
      facts.map((one) => one.lineNumber),
      facts.map((one) => one.currency),
      facts.map((one) => one.providerAmount),
      facts.map((one) => one.ourAmount),
      facts.map((one) => one.providerStatus),
      facts.map((one) => one.ourStatus),
      facts.map((one) => one.kind),
    ],
  });
  return rows;
}
