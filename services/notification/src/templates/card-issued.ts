import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const cardIssued = emailTemplate({
  name: 'card-issued',
  parameters: z.object({
    fullName: z.string(),
    last4: z.string(),
    expiryMonth: z.number(),
    expiryYear: z.number(),
  }),
  subject: ({ last4 }) => `Your card ending in ${last4} is ready`,
  render: (p) =>
    layOut({
      fullName: p.fullName,
      paragraphs: ['Your new card is ready to be used.'],
      facts: [
        ['Card', `ends in ${p.last4}`],
        ['Valid until', `${String(p.expiryMonth).padStart(2, '0')}/${p.expiryYear}`],
      ],
    }),
});
