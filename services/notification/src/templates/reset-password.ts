import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const resetPassword = emailTemplate({
  name: 'reset-password',
  parameters: z.object({ fullName: z.string() }),
  subject: () => 'Set a new password',
  render: ({ fullName }, { secret, publicUrl }) =>
    layOut({
      fullName,
      paragraphs: [
        'Somebody, hopefully you, asked to set a new password for your account. The link works once, for an hour.',
        'If it was not you, ignore this mail: nothing has changed.',
      ],
      link: {
        label: 'Set a new password',
        url: `${publicUrl.replace(/\/$/, '')}/reset-password?token=${encodeURIComponent(secret)}`,
      },
    }),
});
