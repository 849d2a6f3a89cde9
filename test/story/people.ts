import { randomInt, randomUUID } from 'node:crypto';
import { createFlorin, type Florin } from '@florin/sdk';
import { eventually } from './eventually.js';
import { call, expectStatus } from './http.js';
import type { Platform } from './platform.js';

export interface Person {
  readonly id: string;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly password: string;
}

export interface SignedIn extends Person {
  readonly token: string;
  readonly refreshToken: string;
  /** The API as this customer. */
  readonly florin: Florin;
}

interface Mail {
  readonly subject: string;
  readonly text: string;
}

interface Sms {
  readonly body: string;
}

/** The API as somebody who has not said who it is. */
function stranger({ edgeUrl }: Platform): Florin {
  return createFlorin({ baseUrl: edgeUrl });
}

/** Registers somebody whose email and phone nobody has used before. */
export async function register(platform: Platform, fullName: string): Promise<Person> {
  const password = `correct horse ${randomUUID()}`;
  const email = `${fullName.toLowerCase().replaceAll(' ', '.')}.${randomUUID().slice(0, 8)}@example.com`;
  const phone = `+1415${randomInt(2_000_000, 9_999_999)}`;
  const { id } = await stranger(platform).registerCustomer({ body: { fullName, email, phone, password } });
  return { id, fullName, email, phone, password };
}

export async function mailsOf(platform: Platform, email: string): Promise<Mail[]> {
  const answer = await call<Mail[]>(
    'GET',
    `${platform.sandboxUrl}/mail/messages?to=${encodeURIComponent(email)}`,
  );
  return expectStatus(answer, 200);
}

export async function smsOf(platform: Platform, phone: string): Promise<Sms[]> {
  const answer = await call<Sms[]>(
    'GET',
    `${platform.sandboxUrl}/sms/messages?to=${encodeURIComponent(phone)}`,
  );
  return expectStatus(answer, 200);
}

/** Follows the link of the verification mail. */
export async function verifyEmail(platform: Platform, person: Person): Promise<void> {
  const token = await eventually(`verification mail to ${person.email}`, async () => {
    const mails = await mailsOf(platform, person.email);
    return mails.map((mail) => /\?token=([\w-]+)/.exec(mail.text)?.[1]).find((found) => found);
  });
  await stranger(platform).verifyEmail({ body: { token } });
}

/** First factor; the second is on its way to the phone. */
export async function startLogin(platform: Platform, { email, password }: Person): Promise<string> {
  return (await stranger(platform).logIn({ body: { email, password } })).challengeId;
}

/** Waits until so many SMS have reached the phone and returns the code of the last one. */
export function codeFrom(platform: Platform, person: Person, smsCount: number): Promise<string> {
  return eventually(`SMS number ${smsCount} to ${person.phone}`, async () => {
    const messages = await smsOf(platform, person.phone);
    return messages.length >= smsCount ? /\b\d{6}\b/.exec(messages.at(-1)!.body)?.[0] : undefined;
  });
}

export async function finishLogin(
  platform: Platform,
  person: Person,
  challengeId: string,
  code: string,
): Promise<SignedIn> {
  const session = await stranger(platform).confirmLogin({ challengeId, body: { code } });
  const { accessToken: token, refreshToken } = session;
  return { ...person, token, refreshToken, florin: createFlorin({ baseUrl: platform.edgeUrl, session }) };
}

/** Registers, verifies the email and logs in with both factors. */
export async function signUp(platform: Platform, fullName: string): Promise<SignedIn> {
  const person = await register(platform, fullName);
  await verifyEmail(platform, person);
  const challengeId = await startLogin(platform, person);
  return finishLogin(platform, person, challengeId, await codeFrom(platform, person, 1));
}
