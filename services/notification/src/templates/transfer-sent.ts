import { formatMoney } from '@florin/contracts';
import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const movementParameters = z.object({
  fullName: z.string(),
  transactionId: z.string(),
  amount: z.number(),
  fee: z.number(),
  currency: z.string(),
  counterparty: z.string(),
  description: z.string().nullable(),
});

export const transferSent = emailTemplate({
  name: 'transfer-sent',
  parameters: movementParameters,
  subject: ({ amount, currency, counterparty }) =>
    `You sent ${formatMoney(amount, currency)} to ${counterparty}`,
  render: (p) =>
    layOut({
      fullName: p.fullName,
      paragraphs: ['Your transfer is complete.'],
      facts: [
        ['Amount', formatMoney(p.amount, p.currency)],
        ['Fee', formatMoney(p.fee, p.currency)],
        ['To', p.counterparty],
        ...(p.description === null ? [] : ([['Description', p.description]] as const)),
        ['Transaction', p.transactionId],
      ],
    }),
});
