import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const applicationDecided = emailTemplate({
  name: 'application-decided',
  parameters: z.object({
    fullName: z.string(),
    applicationId: z.string(),
    type: z.string(),
    outcome: z.string(),
    reason: z.string().nullable(),
  }),
  subject: ({ type, outcome }) => `Your application (${type}) was ${outcome}`,
  render: (p) =>
    layOut({
      fullName: p.fullName,
      paragraphs: [
        p.outcome === 'approved'
          ? 'Good news: your application was approved.'
          : 'We are sorry: your application was not approved.',
      ],
      facts: [
        ['Application', p.type],
        ['Outcome', p.outcome],
        ...(p.reason === null ? [] : ([['Reason', p.reason]] as const)),
        ['Reference', p.applicationId],
      ],
    }),
});
