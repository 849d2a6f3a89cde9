import { z } from 'zod';
import { smsTemplate } from './template.js';

/** Like the code of a login, it has to stay the only six digits in a row. */
export const phoneCode = smsTemplate({
  name: 'phone-code',
  parameters: z.object({}),
  render: (_, { secret }) =>
    `${secret} confirms your new phone number at Florin. Never share it with anyone.`,
});
