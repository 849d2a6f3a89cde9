import { applicationDecided } from './application-decided.js';
import { cardIssued } from './card-issued.js';
import { depositReceived } from './deposit-received.js';
import { emailChanged } from './email-changed.js';
import { loginCode } from './login-code.js';
import { movements } from './movements.js';
import { passwordChanged } from './password-changed.js';
import { phoneChanged } from './phone-changed.js';
import { phoneCode } from './phone-code.js';
import { resetPassword } from './reset-password.js';
import type { DeliveryData, EmailContent, EmailTemplate, SmsTemplate } from './template.js';
import { transferReceived } from './transfer-received.js';
import { transferSent } from './transfer-sent.js';
import { verifyEmail } from './verify-email.js';

export type Rendered =
  | { readonly channel: 'email'; readonly content: EmailContent & { readonly subject: string } }
  | { readonly channel: 'sms'; readonly content: string };

type Render = (parameters: unknown, delivery: DeliveryData) => Rendered;

function email<P>(template: EmailTemplate<P>): [string, Render] {
  return [
    template.name,
    (stored, delivery) => {
      const parameters = template.parameters.parse(stored);
      const content = { subject: template.subject(parameters), ...template.render(parameters, delivery) };
      return { channel: 'email', content };
    },
  ];
}

function sms<P>(template: SmsTemplate<P>): [string, Render] {
  return [
    template.name,
    (stored, delivery) => ({
      channel: 'sms',
      content: template.render(template.parameters.parse(stored), delivery),
    }),
  ];
}

const catalogue: ReadonlyMap<string, Render> = new Map([
  email(applicationDecided),
  email(cardIssued),
  email(depositReceived),
  email(movements),
  email(emailChanged),
  email(passwordChanged),
  email(phoneChanged),
  email(resetPassword),
  email(transferReceived),
  email(transferSent),
  email(verifyEmail),
  sms(loginCode),
  sms(phoneCode),
]);

/**
 * Fills the template of a stored notification; undefined when this version knows no such template.
 * @throws ZodError when the stored parameters do not fit the template
 */
export function render(template: string, parameters: unknown, delivery: DeliveryData): Rendered | undefined {
  return catalogue.get(template)?.(parameters, delivery);
}
