import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const passwordChanged = emailTemplate({
  name: 'password-changed',
  parameters: z.object({ fullName: z.string(), how: z.string(), changedAt: z.number() }),
  subject: () => 'Your password was changed',
  render: ({ fullName, how, changedAt }, { publicUrl }) =>
    layOut({
      fullName,
      paragraphs: [
        how === 'reset'
          ? 'Your password was set anew with the link of a mail, and all your sessions have ended.'
          : 'Your password was changed, and all your other sessions have ended.',
        'If it was not you, ask for a mail to set a new one at once, and tell us.',
      ],
      facts: [
        ['When', new Date(changedAt).toISOString()],
        ['Where', publicUrl],
      ],
    }),
});
