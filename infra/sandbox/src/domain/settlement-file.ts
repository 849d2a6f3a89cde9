import type { Charge, Payment, Refund } from './payment.js';

/** The first line of a settlement file. */
export const settlementHeader = 'type,id,reference,amount,currency,status,createdAt';

/**
 * What the provider settled on one day (UTC): every charge, refund and payout that ended on it, however long before it
 * was made, a line each (RFC 4180, minor units). A refund carries the reference of its charge.
 */
export function settlementFile(
  date: string,
  charges: readonly Charge[],
  payouts: readonly Payment[],
): string {
  const lines = [
    ...charges.map((charge) => lineOf('charge', charge, charge.endedAt)),
    ...charges.flatMap((charge) =>
      charge.refunds.map((refund) =>
        lineOf('refund', { ...charge, ...refund, reference: charge.reference }, endOf(refund)),
      ),
    ),
    ...payouts.map((payout) => lineOf('payout', payout, payout.endedAt)),
  ];
  const settled = lines.filter((line) => line.endedAt?.startsWith(date));
  return [settlementHeader, ...settled.map((line) => line.fields.map(csvField).join(','))].join('\r\n');
}

function endOf({ status, createdAt }: Refund): string | undefined {
  return status === 'pending' ? undefined : createdAt;
}

function lineOf(type: string, payment: Payment, endedAt: string | undefined) {
  const { id, reference, amount, currency, status, createdAt } = payment;
  return { endedAt, fields: [type, id, reference, String(amount), currency, status, createdAt] };
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
