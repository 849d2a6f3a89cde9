import { formatMoney } from '@florin/contracts';
import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const depositReceived = emailTemplate({
  name: 'deposit-received',
  parameters: z.object({
    fullName: z.string(),
    transactionId: z.string(),
    amount: z.number(),
    fee: z.number(),
    currency: z.string(),
  }),
  subject: ({ amount, currency }) => `Your deposit of ${formatMoney(amount, currency)} has arrived`,
  render: (p) =>
    layOut({
      fullName: p.fullName,
      paragraphs: ['Your deposit is in your wallet.'],
      facts: [
        ['Amount', formatMoney(p.amount, p.currency)],
        ['Fee', formatMoney(p.fee, p.currency)],
        ['Transaction', p.transactionId],
      ],
    }),
});
