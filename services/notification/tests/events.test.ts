import { randomUUID } from 'node:crypto';
import {
  CardIssued,
  CustomerErased,
  CustomerUpdated,
  DeliverNotification,
  EmailChanged,
  PasswordChanged,
  PhoneChanged,
  TransactionCompleted,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { mailIntervalMs, mailsAtOnce } from '../src/domain/movement-digest.js';
import { eraseLateNotifications } from '../src/jobs/erase-late-notifications.js';
import { createNotificationFixture, type NotificationFixture, type Person } from './notification-fixture.js';

let fixture: NotificationFixture;
beforeAll(async () => {
  fixture = await createNotificationFixture();
}, 180_000);
afterAll(() => fixture.close());

const mailTo = (person: Person, subject: RegExp) =>
  eventually(`a mail with ${subject}`, async () =>
    (await fixture.mails(person)).find((mail) => subject.test(mail.subject)),
  );

async function complete(source: Person, destination: Person): Promise<void> {
  const transactionId = randomUUID();
  await fixture.peer.send(TransactionCompleted, transactionId, {
    transactionId,
    type: 'transfer',
    sourceWalletId: randomUUID(),
    sourceOwnerId: source.customerId,
    destinationWalletId: randomUUID(),
    destinationOwnerId: destination.customerId,
    amount: 1_234_567,
    fee: 25,
    currency: 'USD',
    description: 'Rent',
    createdAt: Date.now(),
    completedAt: Date.now(),
    entries: [],
    exchange: null,
    origin: null,
    hops: [],
  });
}

test('both parties of a transfer learn amount, fee and counterparty', async () => {
  const [ada, bob] = [await fixture.register('Ada Byron'), await fixture.register('Bob Noyce')];
  await complete(ada, bob);
  const sent = await mailTo(ada, /You sent 12,345.67 USD to Bob Noyce/);
  expect(sent.text).toContain('Fee: 0.25 USD');
  expect(sent.text).toContain('Description: Rent');
  const received = await mailTo(bob, /You received 12,345.67 USD from Ada Byron/);
  expect(received.text).toContain('Amount: 12,345.67 USD');
});

test('a name with a line break in it adds no header to a mail', async () => {
  const mallory = fixture.newPerson('Mallory');
  const eve = { ...fixture.newPerson('Eve'), fullName: `Eve\r\nBcc: ${mallory.email}` };
  const bob = await fixture.register('Bob');
  await fixture.announce(eve);
  await complete(eve, bob);
  const received = await mailTo(bob, /You received/);
  expect(received.subject).toContain('Eve');
  expect(received.subject).not.toMatch(/[\r\n]/);
  await mailTo(eve, /You sent/);
  expect(await fixture.mails(mallory)).toEqual([]);
});

test('who has many movements at once gets a mail about each of the first, and one about the others', async () => {
  const [ada, bob] = [await fixture.register('Ada Byron'), await fixture.register('Bob Noyce')];
  for (let i = 0; i < mailsAtOnce; i++) await complete(ada, bob);
  for (const count of [1, 2]) {
    await complete(ada, bob);
    for (const person of [ada, bob]) {
      await eventually('the movements that wait', async () =>
        (await fixture.untold(person)) === count ? true : undefined,
      );
    }
  }
  fixture.advance(mailIntervalMs);
  const digest = await mailTo(ada, /^2 movements in your wallets$/);
  expect(digest.text.match(/Sent: 12,345.67 USD, to Bob Noyce/g)).toHaveLength(2);
  const received = await mailTo(bob, /^2 movements in your wallets$/);
  expect(received.text).toContain('Received: 12,345.67 USD, from Ada Byron');
  await eventually('a mail about each of the first', async () =>
    (await fixture.mails(ada)).length === mailsAtOnce + 1 ? true : undefined,
  );
  expect(await fixture.untold(ada)).toBe(0);
});

test('an event that overtakes the registration of its recipient waits in the retry topics', async () => {
  const ada = await fixture.register('Ada');
  const unknown = fixture.newPerson('Newcomer');
  await complete(ada, unknown);
  // The dead letter proves that every tier was tried; the registration then comes, and a replay heals it.
  const letter = await eventually('the dead letter', async () =>
    fixture.peer.deadLetters.find(({ failure }) => failure.errorCode === 'recipient-unknown'),
  );
  expect(letter.failure).toMatchObject({ attempts: 3 });
  expect(await fixture.mails(ada)).toEqual([]);
  await fixture.announce(unknown);
  await fixture.peer.replay(letter);
  await mailTo(unknown, /You received/);
  await mailTo(ada, /You sent .* to Newcomer/);
});

test('the holder of a new card learns its last four digits', async () => {
  const ada = await fixture.register('Ada');
  const cardId = randomUUID();
  await fixture.peer.send(CardIssued, cardId, {
    cardId,
    walletId: randomUUID(),
    ownerId: ada.customerId,
    cardToken: `card_${cardId}`,
    last4: '4242',
    expiryMonth: 3,
    expiryYear: 2030,
    branch: '0001',
    accountNumber: '00000001',
  });
  const mail = await mailTo(ada, /ending in 4242/);
  expect(mail.text).toContain('Valid until: 03/2030');
});

test('a customer with another address is written to there; the old one is told so, and nothing else', async () => {
  const before = await fixture.register('Ada');
  const after = { ...before, email: `new-${before.email}` };
  const { customerId, fullName } = before;
  const changedAt = Date.now();
  await fixture.peer.send(CustomerUpdated, customerId, after, { aggregateVersion: 2 });
  const notice = { customerId, fullName, previousEmail: before.email, changedAt };
  await fixture.peer.send(EmailChanged, customerId, notice);
  await fixture.peer.send(PasswordChanged, customerId, { customerId, how: 'reset', changedAt });
  await fixture.peer.send(PhoneChanged, customerId, { customerId, changedAt });
  await mailTo(before, /Your email address was changed/);
  await mailTo(after, /Your password was changed/);
  await mailTo(after, /Your phone number was changed/);
  expect(await fixture.mails(before)).toHaveLength(1);
});

test('what was queued while its recipient was erased is neither sent nor kept', async () => {
  const ada = await fixture.register('Ada');
  await fixture.peer.send(CustomerErased, ada.customerId, { customerId: ada.customerId });
  await eventually('the erasure', async () =>
    (await fixture.pool.query('SELECT 1 FROM erased_recipients WHERE customer_id = $1', [ada.customerId]))
      .rowCount === 1
      ? true
      : undefined,
  );
  // What a transaction has committed that had looked for who has left before that.
  const notificationId = randomUUID();
  await fixture.pool.query(
    `INSERT INTO notifications (id, event_id, customer_id, channel, address, template, parameters, created_at)
     VALUES ($1, $1, $2, 'email', $3, 'card-issued', $4, now())`,
    [
      notificationId,
      ada.customerId,
      ada.email,
      { fullName: 'Ada', last4: '4242', expiryMonth: 3, expiryYear: 2030 },
    ],
  );
  const delivery = { notificationId, channel: 'email' };
  const messageId = await fixture.peer.send(DeliverNotification, notificationId, delivery);
  await eventually('the command to be handled', async () =>
    (await fixture.pool.query('SELECT 1 FROM inbox WHERE message_id = $1', [messageId])).rowCount === 1
      ? true
      : undefined,
  );
  expect(await fixture.rows(ada)).toMatchObject([{ status: 'queued' }]);
  await eraseLateNotifications({ database: fixture, clock: { now: () => Date.now() } });
  expect(await fixture.rows(ada)).toMatchObject([
    { status: 'failed', failure_code: 'recipient-erased', parameters: {} },
  ]);
  expect(await fixture.mails(ada)).toEqual([]);
});

test('health and metrics answer, with the state of the breakers', async () => {
  expect((await fetch(`${fixture.service.url}/health/ready`)).status).toBe(200);
  const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
  expect(metrics).toMatch(/circuit_breaker_state\{name="sms",service="notification"\} 0/);
  expect(metrics).toMatch(/circuit_breaker_state\{name="smtp",service="notification"\} 0/);
});
