import { randomUUID } from 'node:crypto';
import { CustomerErased, SubmitApplication } from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ApplicationFixture, createApplicationFixture, creditCard } from './application-fixture.js';

const [, middling] = creditCard.schema.examples as [object, object];
let fixture: ApplicationFixture;
beforeAll(async () => {
  fixture = await createApplicationFixture();
  await fixture.define(creditCard);
});
afterAll(() => fixture.close());

test('an application that arrives after its applicant has left does not bring anything back', async () => {
  const { applicationId, applicantId } = await fixture.submit('credit-card', middling);
  await fixture.until(applicationId, 'a referral', ({ status }) => status === 'waiting_for_decision');
  await fixture.peer.send(CustomerErased, applicantId, { customerId: applicantId });
  await fixture.until(applicationId, 'the erasure', ({ steps }) =>
    steps.some(({ reason }) => reason === 'applicant-left'),
  );

  const late = randomUUID();
  const other = randomUUID();
  const submission = (id: string, applicant: string) => ({
    definition: SubmitApplication,
    // One key for both, so that they are applied in this order.
    key: late,
    body: { applicationId: id, applicantId: applicant, type: 'credit-card', data: JSON.stringify(middling) },
  });
  await fixture.peer.sendAll([submission(late, applicantId), submission(other, randomUUID())]);
  await fixture.until(other, 'the application behind it', ({ status }) => status !== 'submitted');
  expect(fixture.state(late)).toBeUndefined();
  expect(fixture.peer.deadLetters).toEqual([]);
});
