import { CustomerUpdated, EmailChanged, PhoneChanged, PhoneVerificationRequested } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Answer, IdentityFixture, type Registration } from './identity-fixture.js';

const day = 24 * 3_600_000;
const newPassword = 'Difference-Engine-1822';

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create({ MAIL_PER_DAY: '3', OTP_PER_DAY: '20' });
}, 180_000);
afterAll(() => edge.close());

type Customer = Registration & { readonly id: string; readonly token: string };

async function signedIn(): Promise<Customer> {
  const customer = await edge.registerAndVerify();
  const { accessToken } = await edge.signIn(customer);
  return { ...customer, token: accessToken };
}

const newEmail = (): string => edge.newRegistration().email;
const newPhone = (): string => edge.newRegistration().phone;
const askEmail = ({ token, password }: Customer, email: string, currentPassword = password) =>
  edge.call('POST', '/v1/customers/me/email', { token, body: { email, currentPassword } });
const openLink = (token: string) => edge.call('POST', '/v1/customers/verify-email', { body: { token } });
const askPhone = ({ token, password }: Customer, phone: string, currentPassword = password) =>
  edge.call('POST', '/v1/customers/me/phone', { token, body: { phone, currentPassword } });
const answer = ({ token }: Customer, challengeId: string, code: string): Promise<Answer> =>
  edge.call('POST', `/v1/customers/me/phone/${challengeId}/otp`, { token, body: { code } });
const me = ({ token }: Customer) => edge.call('GET', '/v1/customers/me', { token });
const changePassword = ({ token, password }: Customer) =>
  edge.call('POST', '/v1/customers/me/password', {
    ...{ token, body: { currentPassword: password, newPassword } },
  });

describe('another email address', () => {
  test('counts when its link was opened, and the old one is told', async () => {
    const ada = await signedIn();
    const email = newEmail();
    const before = await me(ada);
    const asked = await askEmail(ada, email);
    expect(asked).toMatchObject({ status: 202, body: { email } });
    expect((await me(ada)).body.email).toBe(ada.email);
    const token = await edge.emailToken(email);
    expect(await openLink(token)).toMatchObject({ status: 200, body: { status: 'active' } });
    const after = await me(ada);
    expect(after.body).toMatchObject({ email, phone: ada.phone, status: 'active' });
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    const old = await edge.call('POST', '/v1/sessions', {
      body: { email: ada.email, password: ada.password },
    });
    expect(old.status).toBe(401);
    await edge.signIn({ ...ada, email });
    const told = await eventually('the notice', async () =>
      edge.peer.heard(EmailChanged).find(({ value }) => value.customerId === ada.id),
    );
    expect(told.value.previousEmail).toBe(ada.email);
    const updated = edge.peer.heard(CustomerUpdated).find(({ value }) => value.customerId === ada.id);
    expect(updated?.value).toMatchObject({ email, phone: ada.phone, fullName: ada.fullName });
    expect(updated?.value.meta.aggregateVersion).toBe(3);
    // The same link once more changes nothing, and the old address is free.
    expect((await openLink(token)).status).toBe(200);
    const { id: _id, token: _token, ...registration } = { ...ada, phone: newPhone() };
    expect((await edge.call('POST', '/v1/customers', { body: registration })).status).toBe(201);
  });

  test('needs the password, and is not one that somebody has', async () => {
    const [ada, bob] = [await signedIn(), await edge.register()];
    expect(await askEmail(ada, newEmail(), 'not the password')).toMatchObject({
      status: 403,
      body: { code: 'current-password-wrong' },
    });
    expect(await askEmail(ada, bob.email)).toMatchObject({ status: 409, body: { code: 'customer-exists' } });
    // Taken between the request and the opening of the link.
    const email = newEmail();
    expect((await askEmail(ada, email)).status).toBe(202);
    const token = await edge.emailToken(email);
    const other = { ...edge.newRegistration(), email };
    expect((await edge.call('POST', '/v1/customers', { body: other })).status).toBe(201);
    expect(await openLink(token)).toMatchObject({ status: 409, body: { code: 'customer-exists' } });
    expect((await me(ada)).body.email).toBe(ada.email);
  });

  test('is voided by the next one, by another password, and by time', async () => {
    const ada = await signedIn();
    const [mistyped, email] = [newEmail(), newEmail()];
    await askEmail(ada, mistyped);
    const first = await edge.emailToken(mistyped);
    await askEmail(ada, email);
    expect(await openLink(first)).toMatchObject({ status: 404 });
    expect((await changePassword(ada)).status).toBe(204);
    expect(await openLink(await edge.emailToken(email))).toMatchObject({ status: 404 });
    const late = newEmail();
    expect((await askEmail(ada, late, newPassword)).status).toBe(202);
    const token = await edge.emailToken(late);
    edge.advanceClock(day);
    expect(await openLink(token)).toMatchObject({ status: 410 });
  });

  test('voids links to reset the password that went to the old one', async () => {
    const ada = await signedIn();
    const email = newEmail();
    await edge.call('POST', '/v1/customers/password-reset', { body: { email: ada.email } });
    const reset = await edge.resetToken(ada.id);
    await askEmail(ada, email);
    await openLink(await edge.emailToken(email));
    const body = { token: reset, newPassword };
    expect((await edge.call('POST', '/v1/customers/password-reset/confirm', { body })).status).toBe(410);
  });

  test('is mailed so often in a day', async () => {
    const email = newEmail();
    const answers: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { status, body } = await askEmail(await signedIn(), email);
      answers.push(`${status} ${body.code ?? ''}`);
    }
    expect(answers).toEqual([...Array(3).fill('202 '), '429 mail-daily-limit']);
  });
});

describe('another phone number', () => {
  test('counts when its code was answered; the next login goes there, and the mailbox is told', async () => {
    const ada = await signedIn();
    const phone = newPhone();
    const begun = await edge.challenge(ada);
    const asked = await askPhone(ada, phone);
    expect(asked).toMatchObject({ status: 201, body: { channel: 'sms' } });
    const { challengeId } = asked.body;
    const sms = await eventually('the SMS', async () =>
      edge.peer.heard(PhoneVerificationRequested).find(({ value }) => value.challengeId === challengeId),
    );
    expect(sms.value.phone).toBe(phone);
    const code = await edge.phoneCode(challengeId);
    expect(JSON.stringify(sms.value)).not.toContain(code);
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await answer(ada, challengeId, wrong)).toMatchObject({
      status: 401,
      body: { code: 'otp-invalid' },
    });
    expect((await me(ada)).body.phone).toBe(ada.phone);
    const changed = await answer(ada, challengeId, code);
    expect(changed).toMatchObject({ status: 200, body: { id: ada.id, phone, email: ada.email } });
    expect(changed.headers.get('etag')).toBe((await me(ada)).headers.get('etag'));
    // A code works once, and the one of a login that had begun is on the old phone.
    expect((await answer(ada, challengeId, code)).status).toBe(404);
    expect((await edge.answerChallenge(begun, await edge.code(begun))).status).toBe(410);
    const told = await eventually('the notice', async () =>
      edge.peer.heard(PhoneChanged).find(({ value }) => value.customerId === ada.id),
    );
    expect(told.value.changedAt).toBeGreaterThan(0);
    await edge.signIn(ada);
    const { body } = await edge.call('GET', '/v1/customers/me/security-events?event=phone.changed', {
      token: ada.token,
    });
    expect(body.data).toHaveLength(1);
  });

  test('needs the password, is nobody’s, and is answered by who asked', async () => {
    const [ada, bob] = [await signedIn(), await signedIn()];
    expect((await askPhone(ada, newPhone(), 'not the password')).status).toBe(403);
    expect(await askPhone(ada, bob.phone)).toMatchObject({ status: 409, body: { code: 'customer-exists' } });
    const { challengeId } = (await askPhone(ada, newPhone())).body;
    const code = await edge.phoneCode(challengeId);
    expect(await answer(bob, challengeId, code)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await me(ada)).body.phone).toBe(ada.phone);
  });

  test('is refused when somebody else was faster', async () => {
    const [ada, phone] = [await signedIn(), newPhone()];
    const { challengeId } = (await askPhone(ada, phone)).body;
    const other = { ...edge.newRegistration(), phone };
    expect((await edge.call('POST', '/v1/customers', { body: other })).status).toBe(201);
    expect(await answer(ada, challengeId, await edge.phoneCode(challengeId))).toMatchObject({
      status: 409,
      body: { code: 'customer-exists' },
    });
  });

  test('is voided by another password, by time and by guessing', async () => {
    const ada = await signedIn();
    const first = (await askPhone(ada, newPhone())).body.challengeId;
    const code = await edge.phoneCode(first);
    expect((await changePassword(ada)).status).toBe(204);
    expect((await answer(ada, first, code)).status).toBe(404);
    const guessed = (await askPhone(ada, newPhone(), newPassword)).body.challengeId;
    const right = await edge.phoneCode(guessed);
    const wrong = right === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i++) expect((await answer(ada, guessed, wrong)).status).toBe(401);
    expect(await answer(ada, guessed, right)).toMatchObject({
      status: 410,
      body: { code: 'otp-attempts-exceeded' },
    });
    const late = (await askPhone(ada, newPhone(), newPassword)).body.challengeId;
    const expired = await edge.phoneCode(late);
    edge.advanceClock(5 * 60_000);
    expect((await answer(ada, late, expired)).status).toBe(410);
  });

  test('is sent so many codes in a day, whatever the number', async () => {
    const ada = await signedIn();
    const answers: number[] = [];
    for (let i = 0; i < 21; i++) answers.push((await askPhone(ada, newPhone())).status);
    expect(answers).toEqual([...Array(20).fill(201), 429]);
  });
});
