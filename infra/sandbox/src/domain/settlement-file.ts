import type { Charge, Payment } from './payment.js';

/** The first line of a settlement file. */
export const settlementHeader = 'type,id,reference,amount,currency,status,createdAt';

/**
 * What the provider settled on one day (UTC): every charge, refund and payout that has ended, a line each (RFC 4180,
 * minor units). A refund carries the reference of its charge.
 */
export function settlementFile(
  date: string,
  charges: readonly Charge[],
  payouts: readonly Payment[],
): string {
  const lines = [
    ...charges.map((charge) => lineOf('charge', charge)),
    ...charges.flatMap((charge) =>
      charge.refunds.map((refund) => lineOf('refund', { ...charge, ...refund, reference: charge.reference })),
    ),
    ...payouts.map((payout) => lineOf('payout', payout)),
  ];
  const settled = lines.filter((line) => line.createdAt.startsWith(date) && line.status !== 'pending');
  return [settlementHeader, ...settled.map((line) => line.fields.map(csvField).join(','))].join('\r\n');
}

function lineOf(type: string, payment: Payment) {
  const { id, reference, amount, currency, status, createdAt } = payment;
  return { createdAt, status, fields: [type, id, reference, String(amount), currency, status, createdAt] };
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
