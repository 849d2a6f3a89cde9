import { formatMoney } from '@florin/contracts';
import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

/** Of one mail; what is beyond is counted. */
export const maxLines = 20;

const labels = { deposit: 'Deposit', sent: 'Sent', received: 'Received' } as const;

/** Several movements of money at once. */
export const movements = emailTemplate({
  name: 'movements',
  parameters: z.object({
    fullName: z.string(),
    count: z.number(),
    lines: z.array(
      z.object({
        kind: z.enum(['deposit', 'sent', 'received']),
        amount: z.number(),
        currency: z.string(),
        counterparty: z.string(),
      }),
    ),
  }),
  subject: ({ count }) => `${count} movements in your wallets`,
  render: ({ fullName, count, lines }) =>
    layOut({
      fullName,
      paragraphs: [
        'There has been so much going on in your wallets that we tell you of it together.',
        ...(count > lines.length
          ? [`These are the first ${lines.length} of ${count}; your statements have all of them.`]
          : []),
      ],
      facts: lines.map(({ kind, amount, currency, counterparty }) => [
        labels[kind],
        `${formatMoney(amount, currency)}, ${kind === 'sent' ? 'to' : 'from'} ${counterparty}`,
      ]),
    }),
});
