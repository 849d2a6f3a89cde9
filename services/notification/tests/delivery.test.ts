import { randomUUID } from 'node:crypto';
import {
  ApplicationDecided,
  EmailVerificationRequested,
  LoginChallengeIssued,
  NotificationCreated,
  NotificationDelivered,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createNotificationFixture, type NotificationFixture, type Person } from './notification-fixture.js';

let fixture: NotificationFixture;
beforeAll(async () => {
  fixture = await createNotificationFixture();
}, 180_000);
afterAll(() => fixture.close());

const inAnHour = (): number => Date.now() + 3_600_000;

async function challenge(person: Person, secretRef: string): Promise<void> {
  await fixture.peer.send(LoginChallengeIssued, person.customerId, {
    customerId: person.customerId,
    challengeId: randomUUID(),
    phone: person.phone,
    secretRef,
    expiresAt: inAnHour(),
  });
}

const deliveredRow = (person: Person): Promise<unknown> =>
  eventually('a delivered notification', async () =>
    (await fixture.rows(person)).find((row) => row.status === 'delivered'),
  );

/** A later message of the same service is done, so an earlier one would have been, too. */
async function settle(): Promise<void> {
  const witness = await fixture.register('Witness');
  await challenge(witness, await fixture.secrets.seal('111111', 60));
  await deliveredRow(witness);
}

describe('a one-time secret', () => {
  test('reaches the mailbox in a link, and nothing else', async () => {
    const person = await fixture.register('Ada <Byron>');
    const token = 'tok3n-of_Ada';
    const secretRef = await fixture.secrets.seal(token, 60);
    const { customerId, email, fullName } = person;
    const body = { customerId, email, fullName, secretRef, expiresAt: inAnHour() };
    await fixture.peer.send(EmailVerificationRequested, customerId, body);

    const [mail] = await eventually('the mail', async () => {
      const mails = await fixture.mails(person);
      return mails.length > 0 ? mails : undefined;
    });
    expect(mail?.text).toContain(`https://florin.example/verify-email?token=${token}\n`);
    expect(mail?.html).toContain('Ada &lt;Byron&gt;');
    await deliveredRow(person);
    expect(JSON.stringify(await fixture.rows(person))).not.toContain(token);
    await eventually('the event', async () =>
      fixture.peer.heard(NotificationDelivered).find(({ value }) => value.customerId === customerId),
    );
    const created = fixture.peer
      .heard(NotificationCreated)
      .filter(({ value }) => value.customerId === customerId);
    expect(created.map(({ value }) => value)).toMatchObject([
      { channel: 'email', template: 'verify-email', subject: 'Please confirm your email address' },
    ]);
    expect(JSON.stringify(created)).not.toContain(token);
    expect(await fixture.secrets.open(secretRef)).toBeUndefined();
  });

  test('reaches the phone as the only six digits in a row', async () => {
    const person = await fixture.register('Bob');
    await challenge(person, await fixture.secrets.seal('042137', 60));
    const [sms] = await eventually('the SMS', async () => {
      const texts = await fixture.texts(person);
      return texts.length > 0 ? texts : undefined;
    });
    expect(sms?.body.match(/\d{6,}/g)).toEqual(['042137']);
  });

  test('that has expired makes a dead letter at once, and no SMS', async () => {
    const person = await fixture.register('Late');
    await challenge(person, randomUUID());
    const row = await eventually('the failure', async () =>
      (await fixture.rows(person)).find(({ status }) => status === 'failed'),
    );
    expect(row).toMatchObject({ attempts: 1, failure_code: 'secret-expired' });
    const letter = await eventually('the dead letter', async () =>
      fixture.peer.deadLetters.find(({ failure }) => failure.errorCode === 'secret-expired'),
    );
    expect(letter).toMatchObject({ group: 'notification', failure: { attempts: 1 } });
    expect(letter.topic).toMatch(/notification\.commands\.notification\.dlq$/);
    expect(await fixture.texts(person)).toEqual([]);
  });
});

describe('a provider that is down', () => {
  test('sends the message through every retry tier to the dead letters; a replay delivers it, once', async () => {
    const person = await fixture.register('Eve');
    await fixture.setFault('sms', 'error');
    await challenge(person, await fixture.secrets.seal('271828', 60));
    const letter = await eventually('the dead letter', async () =>
      fixture.peer.deadLetters.find(({ failure }) => failure.errorCode === 'sms-provider-unavailable'),
    );
    expect(letter.topic).toMatch(/notification\.commands\.notification\.dlq$/);
    expect(letter.failure).toMatchObject({ attempts: 3 });
    expect(Buffer.from(letter.value).includes('271828')).toBe(false);
    expect(await fixture.texts(person)).toEqual([]);
    expect(await fixture.rows(person)).toMatchObject([
      { status: 'failed', attempts: 3, failure_code: 'sms-provider-unavailable' },
    ]);

    await fixture.setFault('sms', 'ok');
    await fixture.peer.replay(letter);
    await deliveredRow(person);
    await fixture.peer.replay(letter);
    await settle();
    expect(await fixture.texts(person)).toMatchObject([{ body: expect.stringContaining('271828') }]);
  });

  test('delays a mail until a retry tier finds it back', async () => {
    const person = await fixture.register('Max');
    await fixture.setFault('smtp', 'timeout');
    const decided = {
      applicantId: person.customerId,
      type: 'credit-card',
      outcome: 'approved',
      reason: null,
    };
    const applicationId = randomUUID();
    await fixture.peer.send(ApplicationDecided, applicationId, { ...decided, applicationId });
    await eventually('the failure', async () =>
      (await fixture.rows(person)).find(({ failure_code }) => failure_code === 'smtp-provider-timeout'),
    );
    await fixture.setFault('smtp', 'ok');
    await deliveredRow(person);
    expect(await fixture.mails(person)).toMatchObject([
      { subject: 'Your application (credit-card) was approved' },
    ]);
  });
});
