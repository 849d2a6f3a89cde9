import type { Adjustment, BodyOf, ReconciliationBreakChanged } from '@florin/contracts';
import type { BreakFacts } from '../domain/reconcile.js';

/** A difference with the provider, as the driver returns it when it selects `breakColumns`. */
export interface BreakRow extends BreakFacts {
  readonly id: string;
  readonly fileId: string;
  readonly status: 'open' | 'proposed' | 'adjusting' | 'resolved';
  readonly resolution: 'accepted' | 'adjusted' | 'cleared' | null;
  readonly reason: string | null;
  readonly adjustment: Adjustment | null;
  readonly adjustmentTransactionId: string | null;
  readonly refusalReason: string | null;
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly foundAt: Date;
  readonly resolvedAt: Date | null;
  readonly version: number;
}

export const breakColumns = `
  b.id, b.file_id AS "fileId", b.line_number AS "lineNumber", b.kind, b.payment_kind AS "paymentKind",
  b.payment_id AS "paymentId", b.reference, b.transaction_id AS "transactionId", b.currency,
  b.provider_amount AS "providerAmount", b.our_amount AS "ourAmount", b.provider_status AS "providerStatus",
  b.our_status AS "ourStatus", b.status, b.resolution, b.reason, b.adjustment,
  b.adjustment_transaction_id AS "adjustmentTransactionId", b.refusal_reason AS "refusalReason",
  b.proposed_by AS "proposedBy", b.approved_by AS "approvedBy", b.found_at AS "foundAt",
  b.resolved_at AS "resolvedAt", b.version`;

export function breakEvent(row: BreakRow): BodyOf<ReconciliationBreakChanged> {
  const { id: breakId, fileId: settlementFileId, foundAt, resolvedAt, version: _, ...facts } = row;
  return {
    breakId,
    settlementFileId,
    ...facts,
    foundAt: foundAt.getTime(),
    resolvedAt: resolvedAt?.getTime() ?? null,
  };
}
