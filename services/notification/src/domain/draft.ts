import type { EmailTemplate, SmsTemplate } from '../templates/template.js';

/** A notification before it is stored. */
export interface Draft {
  /** The event that it tells of: with recipient and channel it is unique. */
  readonly eventId: string;
  readonly customerId: string;
  readonly channel: 'email' | 'sms';
  /** Mail address or E.164 number. */
  readonly address: string;
  readonly template: string;
  /** Fills the template; never holds a secret. */
  readonly parameters: unknown;
  /** Reference of the sealed secret that is put in while delivering. */
  readonly secretRef: string | null;
  readonly subject: string | null;
}

export interface Addressee {
  readonly eventId: string;
  readonly customerId: string;
  readonly address: string;
  readonly secretRef?: string;
}

export function draftEmail<P>(template: EmailTemplate<P>, to: Addressee, parameters: P): Draft {
  const { secretRef = null, ...addressee } = to;
  const subject = template.subject(parameters);
  return { channel: 'email', template: template.name, parameters, secretRef, subject, ...addressee };
}

export function draftSms<P>(template: SmsTemplate<P>, to: Addressee, parameters: P): Draft {
  const { secretRef = null, ...addressee } = to;
  return { channel: 'sms', template: template.name, parameters, secretRef, subject: null, ...addressee };
}
