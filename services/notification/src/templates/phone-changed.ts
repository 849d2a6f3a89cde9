import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const phoneChanged = emailTemplate({
  name: 'phone-changed',
  parameters: z.object({ fullName: z.string(), changedAt: z.number() }),
  subject: () => 'Your phone number was changed',
  render: ({ fullName, changedAt }) =>
    layOut({
      fullName,
      paragraphs: [
        'Your account has another phone number now; the codes of your logins are sent there.',
        'If it was not you, ask for a mail to set a new password at once, and tell us.',
      ],
      facts: [['When', new Date(changedAt).toISOString()]],
    }),
});
