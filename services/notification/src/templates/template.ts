import type { z } from 'zod';

/** What is known only while delivering. */
export interface DeliveryData {
  /** The opened one-time secret, for templates that need one. */
  readonly secret: string;
  readonly publicUrl: string;
}

export interface EmailContent {
  readonly text: string;
  readonly html: string;
}

export interface EmailTemplate<P> {
  readonly channel: 'email';
  readonly name: string;
  readonly parameters: z.ZodType<P>;
  readonly subject: (parameters: P) => string;
  readonly render: (parameters: P, delivery: DeliveryData) => EmailContent;
}

export interface SmsTemplate<P> {
  readonly channel: 'sms';
  readonly name: string;
  readonly parameters: z.ZodType<P>;
  readonly render: (parameters: P, delivery: DeliveryData) => string;
}

/** Keeps the type of the parameters between the schema and the functions of a template. */
export const emailTemplate = <P>(template: Omit<EmailTemplate<P>, 'channel'>): EmailTemplate<P> => ({
  channel: 'email',
  ...template,
});

export const smsTemplate = <P>(template: Omit<SmsTemplate<P>, 'channel'>): SmsTemplate<P> => ({
  channel: 'sms',
  ...template,
});
