import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allMessages, messageTopics, recordKeyOf, shortName } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Codec } from '../../packages/messaging/src/codec.js';
import { applicationEnd, applyForCreditCard, cardsOf } from '../story/credit-card.js';
import { eventually } from '../story/eventually.js';
import { florin } from '../story/florin-command.js';
import { call } from '../story/http.js';
import { deposit, openWallet, statementOf, transfer, type Wallet, walletOf } from '../story/money.js';
import { pendingDeadLetters, setFault } from '../story/operations.js';
import { codeFrom, finishLogin, mailsOf, type SignedIn, signUp, smsOf, startLogin } from '../story/people.js';
import { type RunningPlatform, startTestPlatform } from './test-platform.js';
import { dumpTopics } from './topic-dump.js';

let platform: RunningPlatform;
let ada: SignedIn;
let grace: SignedIn;
let adasWallet: Wallet;
let gracesWallet: Wallet;

beforeAll(async () => {
  // At debug level, because nothing may be secret only for want of a log line.
  platform = await startTestPlatform({ logLevel: 'debug' });
  [ada, grace] = await Promise.all([signUp(platform, 'Ada Lovelace'), signUp(platform, 'Grace Hopper')]);
  [adasWallet, gracesWallet] = await Promise.all([openWallet(ada), openWallet(grace)]);
}, 180_000);
afterAll(() => platform?.stop());

describe("a customer's first day", () => {
  test('a deposit reaches the wallet and the provider saw one charge', async () => {
    const deposited = await deposit(ada, adasWallet, 10_000);
    expect(deposited).toMatchObject({ status: 'completed', amount: 10_000 });
    expect((await walletOf(ada, adasWallet.id)).balances).toEqual({
      posted: 10_000,
      held: 0,
      available: 10_000,
    });
    const charges = await call<{ reference: string }[]>('GET', `${platform.sandboxUrl}/psp/charges`);
    expect(charges.body.filter((charge) => charge.reference === deposited.id)).toHaveLength(1);
  });

  test('a transfer answers with its outcome, and the caller reads its own write at once', async () => {
    const sent = await transfer(ada, adasWallet, gracesWallet, 2_500);
    expect(sent).toMatchObject({ status: 'completed', amount: 2_500, fee: 0 });
    expect((await walletOf(ada, adasWallet.id)).balances.available).toBe(7_500);
    expect((await walletOf(grace, gracesWallet.id)).balances.available).toBe(2_500);
  });

  test('both parties get an email', async () => {
    for (const { email } of [ada, grace]) {
      await eventually(`mail to ${email}`, async () =>
        (await mailsOf(platform, email)).find((mail) => mail.text.includes('25.00')),
      );
    }
  });

  test('the statement shows opening, running and closing balance', async () => {
    const statement = await statementOf(ada, adasWallet.id);
    expect(statement).toMatchObject({ openingBalance: 0, closingBalance: 7_500 });
    const lines = [...statement.data].sort((a, b) => b.amount - a.amount);
    expect(lines.map(({ amount, runningBalance }) => [amount, runningBalance])).toEqual([
      [10_000, 10_000],
      [-2_500, 7_500],
    ]);
  });

  test('too large an amount is declined and moves nothing', async () => {
    const declined = await transfer(ada, adasWallet, gracesWallet, 1_000_000);
    expect(declined).toMatchObject({ status: 'declined', declineReason: 'insufficient-funds' });
    expect((await walletOf(ada, adasWallet.id)).balances.posted).toBe(7_500);
  });

  test('an approved application opens a wallet, issues a card and tells the applicant', async () => {
    const { id } = await applyForCreditCard(ada);
    const application = await applicationEnd(ada, id);
    expect(application.status).toBe('approved');
    expect(application.steps.every((step) => ['completed', 'skipped'].includes(step.status))).toBe(true);
    const cards = await eventually('the card', async () => {
      const found = await cardsOf(ada);
      return found.length > 0 ? found : undefined;
    });
    expect(cards).toHaveLength(1);
    expect(cards[0]).toMatchObject({ status: 'active', last4: expect.stringMatching(/^\d{4}$/) });
    expect(cards[0]!.walletId).not.toBe(adasWallet.id);
    await eventually('the mail about the decision', async () =>
      (await mailsOf(platform, ada.email)).find((mail) => /approved/i.test(mail.text)),
    );
  });

  test('the ledger, its copies and its chain are in order', async () => {
    for (const check of ['audit', 'verify']) {
      const checked = await florin(platform, 'ledger', check);
      expect(checked).toMatchObject({ exitCode: 0, output: expect.stringContaining('passed') });
    }
  });

  test('a message that its provider refused is delivered once by a replay', async () => {
    const smsBefore = (await smsOf(platform, grace.phone)).length;
    await setFault(platform, 'sms', 'error');
    const challengeId = await startLogin(platform, grace);
    const letter = await eventually(
      'the dead letter',
      async () => (await pendingDeadLetters(platform)).at(0),
      60_000,
    );
    expect(letter.topic).toContain('notification.commands.notification.dlq');
    await setFault(platform, 'sms', 'ok');
    const listed = await florin(platform, 'dlq', 'list');
    expect(listed).toMatchObject({ exitCode: 0, output: expect.stringContaining(letter.id) });
    for (let i = 0; i < 2; i++) {
      const replayed = await florin(platform, 'dlq', 'replay');
      expect(replayed.exitCode).toBe(0);
    }
    const session = await finishLogin(
      platform,
      grace,
      challengeId,
      await codeFrom(platform, grace, smsBefore + 1),
    );
    expect(session.token).toMatch(/^v4\.public\./);
    expect(await smsOf(platform, grace.phone)).toHaveLength(smsBefore + 1);
    expect(await pendingDeadLetters(platform)).toHaveLength(0);
  });
});

describe('bad input', () => {
  test('an invalid body is refused with pointers, and nothing is stored', async () => {
    const before = await ada.florin.listTransactions();
    const answer = await call('POST', `${platform.edgeUrl}/v1/transactions`, {
      token: ada.token,
      body: { type: 'transfer', sourceWalletId: adasWallet.id, amount: -1, surprise: true },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'validation-failed' });
    const pointers = (answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/amount', '/destinationWalletId', '/currency']));
    expect((await ada.florin.listTransactions()).data).toHaveLength(before.data.length);
  });

  test("an unknown wallet and another customer's wallet answer 404", async () => {
    const unknown = { id: '01890a5d-ac96-774b-bcce-b302099a8057', currency: 'USD' };
    const absent = { status: 404, code: 'not-found' };
    await expect(transfer(ada, unknown, gracesWallet, 1)).rejects.toMatchObject(absent);
    await expect(transfer(ada, adasWallet, unknown, 1)).rejects.toMatchObject(absent);
    await expect(transfer(ada, gracesWallet, adasWallet, 1)).rejects.toMatchObject(absent);
    await expect(walletOf(ada, gracesWallet.id)).rejects.toMatchObject(absent);
  });

  test('a repeated idempotency key answers the same and transfers once', async () => {
    const before = (await walletOf(grace, gracesWallet.id)).balances.posted;
    // Byte for byte, so without the client between.
    const post = (amount: number, idempotencyKey: string | null) =>
      call('POST', `${platform.edgeUrl}/v1/transactions`, {
        token: ada.token,
        idempotencyKey,
        body: {
          type: 'transfer',
          sourceWalletId: adasWallet.id,
          destinationWalletId: gracesWallet.id,
          amount,
          currency: 'USD',
        },
      });
    const first = await post(100, 'the same key');
    const second = await post(100, 'the same key');
    expect(second).toMatchObject({ status: first.status, text: first.text });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await walletOf(grace, gracesWallet.id)).balances.posted).toBe(before + 100);
    expect((await post(101, 'the same key')).status).toBe(422);
    const without = await post(1, null);
    expect([without.status, without.body.code]).toEqual([400, 'idempotency-key-missing']);
  });
});

describe('what travels', () => {
  test('reaches whoever listens, who goes on behind the last event without a gap', async () => {
    const stop = new AbortController();
    const types = ['transaction.completed'];
    const events = grace.florin.listen({ types, signal: stop.signal });
    const subjects: string[] = [];
    const send = async (): Promise<undefined> => {
      subjects.push(`/v1/transactions/${(await transfer(ada, adasWallet, gracesWallet, 3)).id}`);
    };
    const first = events.next();
    // A stream tells what happens from its beginning on, and that takes as long as the connection does.
    let hears = false;
    void first.then(() => {
      hears = true;
    });
    await eventually('the first event', async () => (hears ? true : send()));
    const { value } = await first;
    expect(value).toMatchObject({ type: types[0], data: { amount: 3, status: 'completed' } });
    expect(subjects).toContain(value!.subject);
    stop.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await send();
    const expected = subjects.slice(subjects.indexOf(value!.subject!) + 1);
    const heard: (string | undefined)[] = [];
    for await (const { subject } of grace.florin.listen({ types, lastEventId: value!.id! })) {
      heard.push(subject);
      if (heard.length === expected.length) break;
    }
    expect(heard).toEqual(expected);
  });

  test('carries the trace of the HTTP call to the last consumer', async () => {
    const traceId = 'a5ce0000000000000000000000000f10';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    await transfer(ada, adasWallet, gracesWallet, 1, { traceparent });
    const tracedTopics = async () => {
      const records = await dumpTopics(platform.topicPrefix);
      const traced = records.filter((record) => record.headers.traceparent?.includes(traceId));
      return new Set(traced.map(({ topic }) => topic));
    };
    await eventually('the trace in the last topic', async () =>
      (await tracedTopics()).has('notification.events') ? true : undefined,
    );
    // Once more: the ends of the topics are not looked up at one moment, but what has come before the last message is there by now.
    const topics = await tracedTopics();
    expect([...topics].sort()).toEqual([
      'notification.commands',
      'notification.events',
      'transaction.commands',
      'transaction.events',
      'wallet.commands',
      'wallet.events',
    ]);
  });

  test('has the key on every record that AsyncAPI says it has', async () => {
    const codec = new Codec(process.env.SCHEMA_REGISTRY_URL!, allMessages);
    await codec.connect();
    const records = await dumpTopics(platform.topicPrefix);
    const seen = new Set<string>();
    for (const { topic, key, value } of records.filter((record) => messageTopics.includes(record.topic))) {
      const decoded = await codec.decode(value);
      const { field } = recordKeyOf(decoded.definition!);
      if (field === undefined) continue;
      const { name } = decoded.definition!;
      const body = decoded.value as unknown as Readonly<Record<string, unknown>>;
      expect({ topic, name, key }).toEqual({ topic, name, key: body[field] });
      seen.add(shortName({ name }));
    }
    const exceptions = ['IssueCard', 'PostDeposit', 'PostTransfer', 'CardIssued', 'DeadLetterReplayed'];
    expect([...seen]).toEqual(expect.arrayContaining(exceptions));
  });

  test('holds no password, code or token: neither topics and dead letters nor logs', async () => {
    const mails = (await Promise.all([ada, grace].map(({ email }) => mailsOf(platform, email)))).flat();
    const sms = (await Promise.all([ada, grace].map(({ phone }) => smsOf(platform, phone)))).flat();
    const codes = sms.map(({ body }) => /\b\d{6}\b/.exec(body)![0]);
    const links = mails.flatMap(({ text }) => /\?token=([\w-]+)/.exec(text)?.[1] ?? []);
    expect([codes.length >= 3, links.length]).toEqual([true, 2]);
    const secrets = [ada, grace]
      .flatMap(({ password, token, refreshToken }) => [password, token, refreshToken])
      .concat(links, 'tok_ok');
    const patterns = [
      ...secrets.map((secret) => new RegExp(secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))),
      // Not as a part of an id, which is made of the same digits.
      ...codes.map((code) => new RegExp(`(?<![0-9a-f.-])${code}(?![0-9a-f.-])`)),
    ];
    const records = await dumpTopics(platform.topicPrefix);
    expect(records.some(({ topic }) => topic.endsWith('.dlq'))).toBe(true);
    const places = records.map(({ topic, key, value, headers }) => ({
      place: topic,
      text: `${key} ${value.toString('latin1')} ${JSON.stringify(headers)}`,
    }));
    for (const file of readdirSync(platform.logFolder)) {
      const lines = readFileSync(join(platform.logFolder, file), 'utf8').split('\n');
      places.push(...lines.map((text) => ({ place: file, text })));
    }
    const leaks = places.filter(({ text }) => patterns.some((pattern) => pattern.test(text)));
    expect(leaks.map(({ place, text }) => `${place}: ${text.slice(0, 300)}`)).toEqual([]);
  });
});
