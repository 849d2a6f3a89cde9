import { z } from 'zod';
import { layOut } from './email-layout.js';
import { emailTemplate } from './template.js';

export const verifyEmail = emailTemplate({
  name: 'verify-email',
  parameters: z.object({ fullName: z.string() }),
  subject: () => 'Please confirm your email address',
  render: ({ fullName }, { secret, publicUrl }) =>
    layOut({
      fullName,
      paragraphs: ['Please confirm that this is your email address.'],
      link: {
        label: 'Confirm my address',
        url: `${publicUrl.replace(/\/$/, '')}/verify-email?token=${encodeURIComponent(secret)}`,
      },
    }),
});
