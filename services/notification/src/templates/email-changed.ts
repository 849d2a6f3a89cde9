import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

/** For the old address; the new one is not named, because the mailbox may be somebody else's by now. */
export const emailChanged = emailTemplate({
  name: 'email-changed',
  parameters: z.object({ fullName: z.string(), changedAt: z.number() }),
  subject: () => 'Your email address was changed',
  render: ({ fullName, changedAt }) =>
    layOut({
      fullName,
      paragraphs: [
        'Your account has another email address now, and nothing more is sent to this one.',
        'If it was not you, tell us at once.',
      ],
      facts: [['When', new Date(changedAt).toISOString()]],
    }),
});
