import { type MinorUnits, toNumber } from './minor-units.js';

export interface OperatorActionRow {
  readonly sequence: MinorUnits;
  readonly id: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly detail: unknown;
  readonly occurredAt: Date;
  readonly hash: Uint8Array;
}

export function operatorActionResource(row: OperatorActionRow) {
  return {
    sequence: toNumber(row.sequence),
    id: row.id,
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    reason: row.reason,
    detail: row.detail,
    occurredAt: row.occurredAt.toISOString(),
    hash: Buffer.from(row.hash).toString('hex'),
  };
}
