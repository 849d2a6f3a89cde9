import { z } from 'zod';
import { smsTemplate } from './template.js';

/** The code has to stay the only six digits in a row: phones and clients pick it out by that. */
export const loginCode = smsTemplate({
  name: 'login-code',
  parameters: z.object({}),
  render: (_, { secret }) => `${secret} is your Florin login code. Never share it with anyone.`,
});
