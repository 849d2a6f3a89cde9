import { applicationEnd, applyForCreditCard, cardsOf } from '../story/credit-card.js';
import { eventually } from '../story/eventually.js';
import { florin } from '../story/florin-command.js';
import { call } from '../story/http.js';
import {
  deposit,
  openWallet,
  statementOf,
  type Transaction,
  transfer,
  type Wallet,
  walletOf,
} from '../story/money.js';
import { pendingDeadLetters, setFault } from '../story/operations.js';
import { codeFrom, finishLogin, mailsOf, type SignedIn, signUp, smsOf, startLogin } from '../story/people.js';
import { localPlatform as platform } from '../story/platform.js';
import { dollars, Narrator } from './narrator.js';

/** A step of the demo did not show what it should. */
export class DemoFailure extends Error {}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new DemoFailure(`demo: ${what}`);
}

interface Cast {
  readonly ada: SignedIn;
  readonly grace: SignedIn;
  readonly adasWallet: Wallet;
  readonly gracesWallet: Wallet;
}

/** Plays a customer's first day against the platform that `npm start` runs. */
export async function runDemo(): Promise<void> {
  const ready = await call('GET', `${platform.edgeUrl}/health/ready`).catch(() => undefined);
  check(ready?.status === 200, `no platform is ready at ${platform.edgeUrl}; run \`npm start\` first`);
  const narrator = new Narrator(platform);
  const cast = await introduce(narrator);
  await moveMoney(narrator, cast);
  await applyForCard(narrator, cast.ada);
  await healDeadLetter(narrator, cast.grace);
  console.log('\nEvery step worked. Have a look at the API at', `${platform.edgeUrl}/docs`);
}

async function introduce(narrator: Narrator): Promise<Cast> {
  const ada = await narrator.step(
    'Ada registers, verifies her email and logs in with password and code',
    () => signUp(platform, 'Ada Lovelace'),
  );
  narrator.tell(`customer ${ada.id}, ${ada.email}`);
  const grace = await narrator.step('Grace does the same', () => signUp(platform, 'Grace Hopper'));
  narrator.tell(`customer ${grace.id}, ${grace.email}`);
  const [adasWallet, gracesWallet] = await narrator.step('Both open a wallet in US dollars', () =>
    Promise.all([openWallet(ada), openWallet(grace)]),
  );
  narrator.tell(`Ada ${adasWallet.id}, Grace ${gracesWallet.id}`);
  return { ada, grace, adasWallet, gracesWallet };
}

async function moveMoney(narrator: Narrator, cast: Cast): Promise<void> {
  const { ada, grace, adasWallet, gracesWallet } = cast;
  await narrator.step(`Ada deposits ${dollars(10_000)} through the payment provider`, async () => {
    const deposited = await deposit(ada, adasWallet, 10_000);
    check(deposited.status === 'completed', `the deposit is ${deposited.status}`);
    narrator.tell(`transaction ${deposited.id}`);
  });
  const sent = await narrator.step(`Ada sends Grace ${dollars(2_500)}`, async () => {
    const answer = await transfer(ada, adasWallet, gracesWallet, 2_500);
    check(answer.status === 'completed', `the transfer is ${answer.status}`);
    return answer;
  });
  const [adas, graces] = await Promise.all([walletOf(ada, adasWallet.id), walletOf(grace, gracesWallet.id)]);
  check(adas.balances.available === 7_500 && graces.balances.available === 2_500, 'balances are wrong');
  narrator.tell(`transaction ${sent.id}; Ada ${dollars(7_500)}, Grace ${dollars(2_500)}`);
  await narrator.step('Both get an email about it', () =>
    eventually('mails about the transfer', async () => {
      const mails = await Promise.all([ada, grace].map(({ email }) => mailsOf(platform, email)));
      return mails.every((own) => own.some(({ text }) => text.includes('25.00'))) ? true : undefined;
    }),
  );
  await narrator.step("Ada's statement adds up", async () => {
    const statement = await statementOf(ada, adasWallet.id);
    const sum = statement.data.reduce((total, line) => total + line.amount, statement.openingBalance);
    check(statement.closingBalance === 7_500 && sum === 7_500, 'the statement does not add up');
    for (const line of statement.data) {
      narrator.tell(`${dollars(line.amount)} → ${dollars(line.runningBalance)}`);
    }
  });
  await moveMoreMoney(narrator, cast, sent);
  await narrator.step('Too large a transfer is declined', async () => {
    const answer = await transfer(ada, adasWallet, gracesWallet, 1_000_000);
    check(answer.declineReason === 'insufficient-funds', `declined for ${answer.declineReason}`);
    narrator.tell(`transaction ${answer.id}: ${answer.status}, ${answer.declineReason}`);
  });
}

/** A refund, several transfers in one call, and one on a schedule. */
async function moveMoreMoney(narrator: Narrator, cast: Cast, sent: Transaction): Promise<void> {
  const { ada, grace, adasWallet, gracesWallet } = cast;
  const to = { sourceWalletId: adasWallet.id, destinationWalletId: gracesWallet.id };
  const small = { type: 'transfer', ...to, amount: 100, currency: 'USD' };
  await narrator.step(`Grace gives ${dollars(500)} of it back`, async () => {
    const body = { amount: 500, reason: 'Too much' };
    const reversal = await grace.florin.createReversal({ id: sent.id, body }, { prefer: 20 });
    check(reversal.status === 'completed', `the reversal is ${reversal.status}`);
    narrator.tell(`transaction ${reversal.id}`);
  });
  await narrator.step(`Ada makes three transfers at once, all or none, ${dollars(100)} each`, async () => {
    const body = { mode: 'atomic', items: [small, small, small] } as const;
    const bulk = await ada.florin.createBulk({ body }, { prefer: 20 });
    check(bulk.status === 'completed', `the bulk is ${bulk.status}`);
    narrator.tell(`bulk ${bulk.id}: ${bulk.items.map(({ status }) => status).join(', ')}`);
  });
  await narrator.step(`Ada schedules ${dollars(100)} for two seconds from now`, async () => {
    const body = { ...small, runAt: new Date(Date.now() + 2_000).toISOString() };
    const { id } = await ada.florin.createScheduledTransfer({ body }, { prefer: 20 });
    await eventually('the scheduled transfer', async () => {
      const { data } = await ada.florin.listOccurrences({ id });
      return data.some(({ status }) => status === 'completed') ? true : undefined;
    });
    narrator.tell(`schedule ${id}: completed`);
  });
}

async function applyForCard(narrator: Narrator, ada: SignedIn): Promise<void> {
  await narrator.step('Ada applies for a credit card and is approved', async () => {
    const { id } = await applyForCreditCard(ada);
    const application = await applicationEnd(ada, id);
    check(application.status === 'approved', `the application is ${application.status}`);
    for (const step of application.steps) narrator.tell(`${step.name}: ${step.status}`);
    const [card] = await eventually('the card', async () => {
      const cards = await cardsOf(ada);
      return cards.length > 0 ? cards : undefined;
    });
    narrator.tell(`application ${id}; card ${card!.id} ends in ${card!.last4}`);
  });
}

async function healDeadLetter(narrator: Narrator, grace: SignedIn): Promise<void> {
  const earlier = new Set((await pendingDeadLetters(platform)).map(({ id }) => id));
  const smsBefore = (await smsOf(platform, grace.phone)).length;
  await setFault(platform, 'sms', 'error');
  try {
    const challengeId = await narrator.step('Grace logs in while the SMS provider is down', () =>
      startLogin(platform, grace),
    );
    const letter = await narrator.step(
      'Her message runs through the retry topics and becomes a dead letter',
      () =>
        eventually(
          'a dead letter',
          async () => (await pendingDeadLetters(platform)).find(({ id }) => !earlier.has(id)),
          90_000,
        ),
    );
    narrator.tell(`${letter.topic}: ${letter.errorCode} after ${letter.attempts} attempts`);
    await setFault(platform, 'sms', 'ok');
    await narrator.step('The provider is back; `florin dlq replay` delivers the message', async () => {
      const replayed = await florin(platform, 'dlq', 'replay', letter.id);
      check(replayed.exitCode === 0 && /applied/.test(replayed.output), `florin said: ${replayed.output}`);
      narrator.tell(`florin dlq replay ${letter.id}: applied`);
    });
    await narrator.step('Grace logs in with the code that arrived, exactly once', async () => {
      const code = await codeFrom(platform, grace, smsBefore + 1);
      await finishLogin(platform, grace, challengeId, code);
      const arrived = (await smsOf(platform, grace.phone)).length - smsBefore;
      check(arrived === 1, `${arrived} SMS arrived`);
    });
  } finally {
    await setFault(platform, 'sms', 'ok');
  }
}
