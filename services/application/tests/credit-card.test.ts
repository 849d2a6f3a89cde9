import {
  ApplicationDecided,
  ApplicationProgressed,
  CardIssued,
  DecideApplication,
  IssueCard,
  OpenWallet,
  RunStep,
  SubmitApplication,
  WalletOpened,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type ApplicationFixture, createApplicationFixture, creditCard } from './application-fixture.js';

let fixture: ApplicationFixture;
beforeAll(async () => {
  fixture = await createApplicationFixture();
  await fixture.define(creditCard);
}, 180_000);
afterAll(() => fixture.close());

const [good, middling, poor] = creditCard.schema.examples as [object, object, object];

/** Plays the wallet service: opens the wallet and issues the card that the application asks for. */
async function playWallet(applicantId: string): Promise<{ walletId: string; cardId: string }> {
  const { peer } = fixture;
  const open = await eventually('OpenWallet', async () =>
    peer.heard<OpenWallet>(OpenWallet).find(({ value }) => value.ownerId === applicantId),
  );
  const { walletId, walletType } = open.value;
  const balances = { posted: 0, held: 0, available: 0 };
  const opened = { walletId, ownerId: applicantId, walletType, currency: 'USD', name: 'x', ...balances };
  await peer.send(WalletOpened, walletId, opened);
  const issue = await eventually('IssueCard', async () =>
    peer.heard<IssueCard>(IssueCard).find(({ value }) => value.ownerId === applicantId),
  );
  const { cardId } = issue.value;
  expect(issue.key).toBe(walletId);
  await peer.send(CardIssued, cardId, {
    cardId,
    walletId,
    ownerId: applicantId,
    cardToken: `crd_${cardId}`,
    last4: '4242',
    expiryMonth: 1,
    expiryYear: 2031,
    branch: '0001',
    accountNumber: '1',
  });
  return { walletId, cardId };
}

const decided = (applicationId: string) =>
  fixture.peer
    .heard<ApplicationDecided>(ApplicationDecided)
    .filter(({ value }) => value.applicationId === applicationId)
    .map(({ value }) => value);

describe('a credit card application', () => {
  test('of a good applicant ends with a wallet, a card and the news for the applicant', async () => {
    const { applicationId, applicantId } = await fixture.submit('credit-card', good);
    await playWallet(applicantId);
    const end = await fixture.until(applicationId, 'the approval', ({ status }) => status === 'approved');
    expect(end).toMatchObject({ decisionOutcome: 'approved', decidedBy: null, version: 1, applicantId });
    expect(end.steps.map(({ name, status, attempts }) => [name, status, attempts])).toEqual(
      ['validate', 'kyc', 'credit-bureau', 'score', 'decision', 'open-wallet', 'issue-card', 'notify'].map(
        (name) => [name, 'completed', 1],
      ),
    );
    for (const { startedAt, finishedAt } of end.steps) expect(finishedAt).toBeGreaterThanOrEqual(startedAt!);
    await eventually('the news', async () => decided(applicationId)[0]);
    const opened = fixture.peer
      .heard<OpenWallet>(OpenWallet)
      .filter(({ value }) => value.ownerId === applicantId);
    expect(opened.map(({ value }) => value)).toMatchObject([
      { walletType: 'personal-usd', name: 'Credit card' },
    ]);
    const versions = fixture.peer
      .heard<ApplicationProgressed>(ApplicationProgressed)
      .filter(({ value }) => value.applicationId === applicationId)
      .map(({ value }) => value.meta.aggregateVersion);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
  });

  test('of a poor applicant is declined, without wallet', async () => {
    const { applicationId, applicantId } = await fixture.submit('credit-card', poor);
    const end = await fixture.until(applicationId, 'the decline', ({ status }) => status === 'declined');
    expect(end).toMatchObject({ decisionOutcome: 'declined', decisionReason: 'score-too-low' });
    await eventually('the news', async () => decided(applicationId)[0]);
    const wallets = fixture.peer.heard<OpenWallet>(OpenWallet);
    expect(wallets.filter(({ value }) => value.ownerId === applicantId)).toEqual([]);
  });

  test('in between waits for a person, who may not be the applicant', async () => {
    const { applicationId, applicantId } = await fixture.submit('credit-card', middling);
    await fixture.until(applicationId, 'the wait', ({ status }) => status === 'waiting_for_decision');
    const decision = { applicationId, outcome: 'approved', reason: 'Known customer' };
    // One key, one order: the second decision is handled after the first, and the third after both.
    for (const decidedBy of [`customer:${applicantId}`, 'key:back-office', 'key:too-late']) {
      const outcome = decidedBy === 'key:too-late' ? 'declined' : 'approved';
      await fixture.peer.send(DecideApplication, applicationId, { ...decision, outcome, decidedBy });
    }
    await playWallet(applicantId);
    const end = await fixture.until(applicationId, 'the approval', ({ status }) => status === 'approved');
    expect(end).toMatchObject({ decidedBy: 'key:back-office', decisionReason: 'Known customer' });
    expect(decided(applicationId)).toMatchObject([{ outcome: 'approved' }]);
  });

  test('that is sent twice is worked on once', async () => {
    const { applicationId, applicantId } = await fixture.submit('credit-card', poor);
    const body = { applicationId, applicantId, type: 'credit-card', data: JSON.stringify(good) };
    await fixture.peer.send(SubmitApplication, applicationId, body);
    await fixture.until(applicationId, 'the decline', ({ status }) => status === 'declined');
    // Behind the repeat on the same key comes a message that fails visibly: when it has, the repeat has been handled.
    await fixture.peer.send(RunStep, applicationId, { applicationId, step: 'none' });
    await eventually('the dead letter', async () =>
      fixture.peer.deadLetters.find(({ failure }) => failure.errorCode === 'step-unknown'),
    );
    expect(decided(applicationId)).toHaveLength(1);
    expect(fixture.state(applicationId)).toMatchObject({ status: 'declined' });
    const wallets = fixture.peer.heard<OpenWallet>(OpenWallet);
    expect(wallets.filter(({ value }) => value.ownerId === applicantId)).toEqual([]);
  });
});

describe('a provider that is down', () => {
  test('shows in the step, leaves a dead letter, and a replay continues the application', async () => {
    await fixture.setFault('credit-bureau', 'error');
    const { applicationId } = await fixture.submit('credit-card', poor);
    const letter = await eventually('the dead letter', async () =>
      fixture.peer.deadLetters.find(
        ({ key, failure }) =>
          key === applicationId && failure.errorCode === 'credit-bureau-provider-unavailable',
      ),
    );
    expect(letter.topic).toMatch(/application\.commands\.application\.dlq$/);
    const stuck = await fixture.until(
      applicationId,
      'three attempts',
      ({ steps }) => steps[2]?.attempts === 3,
    );
    expect(stuck).toMatchObject({ status: 'in_progress' });
    expect(stuck.steps[2]).toMatchObject({
      status: 'running',
      reason: 'credit-bureau-provider-unavailable',
    });
    await fixture.setFault('credit-bureau', 'ok');
    await fixture.peer.replay(letter);
    const end = await fixture.until(applicationId, 'the decline', ({ status }) => status === 'declined');
    expect(end.steps[2]).toMatchObject({ status: 'completed', attempts: 4, reason: null });
  });

  test('for a moment is hidden by the retry topics', async () => {
    await fixture.setFault('kyc', 'reset');
    const { applicationId } = await fixture.submit('credit-card', poor);
    await fixture.until(applicationId, 'a failed attempt', ({ steps }) => (steps[1]?.attempts ?? 0) > 0);
    await fixture.setFault('kyc', 'ok');
    await fixture.until(applicationId, 'the decline', ({ status }) => status === 'declined');
  });
});
