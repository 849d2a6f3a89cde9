import type { Digest } from '../domain/movement-digest.js';
import type { Notice } from '../domain/movement-notice.js';

export interface DigestRow {
  readonly customer_id: string;
  readonly full_at: Date;
  readonly due_at: Date | null;
  readonly event_id: string | null;
  readonly movements: number;
  readonly lines: readonly Notice[];
}

export const digestColumns = 'customer_id, full_at, due_at, event_id, movements, lines';

export function digestOf(row: DigestRow): Digest {
  return {
    customerId: row.customer_id,
    fullAt: row.full_at.getTime(),
    dueAt: row.due_at?.getTime() ?? null,
    eventId: row.event_id,
    movements: row.movements,
    lines: row.lines,
  };
}
