import type { Digest } from '../domain/movement-digest.js';

export interface DigestRow {
  readonly customer_id: string;
  readonly full_at: Date;
  readonly due_at: Date | null;
  readonly event_id: string | null;
  readonly movements: number;
}

export const digestColumns = 'customer_id, full_at, due_at, event_id, movements';

export function digestOf(row: DigestRow): Digest {
  return {
    customerId: row.customer_id,
    fullAt: row.full_at.getTime(),
    dueAt: row.due_at?.getTime() ?? null,
    eventId: row.event_id,
    movements: row.movements,
  };
}
