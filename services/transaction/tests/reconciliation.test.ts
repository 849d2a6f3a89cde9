import {
  type Adjustment,
  ApproveBreakResolution,
  type BodyOf,
  ImportSettlementFile,
  PostAdjustment,
  ReconciliationBreakChanged,
  ResolveBreak,
  SettlementFileImported,
  TransactionCompleted,
  TransferDeclined,
  TransferPosted,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionService } from '../src/service.js';
import { createTransactionFixture, type TransactionFixture } from './transaction-fixture.js';

/** Far from today, so that what other tests of the file do is not of the day. */
const day = '2026-03-01';
const header = 'type,id,reference,amount,currency,status,createdAt';
const author = 'key:author';
let fixture: TransactionFixture;
let leapMs = 0;
const clock = { now: () => Date.now() + leapMs };
beforeAll(async () => {
  fixture = await createTransactionFixture({ clock });
});
afterAll(() => fixture?.close());

/** A deposit that was charged on the day, as the books have it. */
async function charged(amount: number, state = 'settled', date = day): Promise<string> {
  const id = uuidv7();
  await fixture.pool.query(
    `WITH t AS (
       INSERT INTO transactions (id, type, status, destination_wallet_id, destination_owner_id, amount, fee, currency,
                                 created_at, completed_at)
       VALUES ($1, 'deposit', 'completed', $1, $1, $2, 0, 'USD', now(), now()) RETURNING id)
     INSERT INTO deposits (transaction_id, state, funding_ref, next_attempt_at, correlation_id, updated_at, charged_at)
     SELECT id, $3, 'gone', 'infinity', $1, now(), $4::timestamptz FROM t`,
    [id, amount, state, state === 'charge-due' ? null : `${date}T12:00:00Z`],
  );
  return id;
}

const line = (reference: string, amount: number, id = `pay-${reference}`, status = 'succeeded') =>
  `charge,${id},${reference},${amount},USD,${status},${day}T12:00:00.000Z`;

async function importFile(
  lines: readonly string[],
  more: Partial<BodyOf<ImportSettlementFile>> = {},
): Promise<SettlementFileImported> {
  const settlementFileId = uuidv7();
  const content = [header, ...lines].join('\r\n');
  const body = { settlementFileId, externalId: settlementFileId, settlementDate: day, content, ...more };
  await fixture.peer.send(ImportSettlementFile, settlementFileId, body, { actor: author });
  return fixture.heard(SettlementFileImported, (event) => event.settlementFileId === settlementFileId);
}

const breaksOf = (file: SettlementFileImported): ReconciliationBreakChanged[] =>
  fixture.peer
    .heard(ReconciliationBreakChanged)
    .map(({ value }) => value)
    .filter((event) => event.settlementFileId === file.settlementFileId);

/** The breaks of a file as they were found, once all are told of. */
const foundBy = (file: SettlementFileImported) =>
  eventually('the breaks', async () => {
    const found = breaksOf(file).filter(({ status }) => status === 'open');
    return found.length === file.breakCount ? found : undefined;
  });

const changed = (breakId: string, status: string) =>
  fixture.heard(
    ReconciliationBreakChanged,
    (event) => event.breakId === breakId && event.status === status && event.meta.aggregateVersion > 1,
  );

describe('a settlement file', () => {
  test('is held against the books, and what differs is told with its reason', async () => {
    const [agreed, lacking, other, refused] = await Promise.all([
      charged(100),
      charged(250),
      charged(300),
      charged(400, 'refused'),
    ]);
    const unknown = uuidv7();
    const file = await importFile([
      line(agreed!, 100),
      line(other!, 301),
      line(refused!, 400),
      line(unknown, 77),
      line(agreed!, 100, 'another id'),
    ]);
    expect(file).toMatchObject({
      status: 'imported',
      lineCount: 5,
      matchedCount: 3,
      breakCount: 5,
      importedBy: author,
    });
    const found = await foundBy(file);
    const facts = found.map(({ kind, transactionId, reference }) => [kind, transactionId ?? reference]);
    expect(facts.toSorted()).toEqual(
      [
        ['amount-differs', other],
        ['duplicate', agreed],
        ['missing-at-provider', lacking],
        ['missing-at-us', unknown],
        ['status-differs', refused],
      ].toSorted(),
    );
    expect(found.find(({ kind }) => kind === 'amount-differs')).toMatchObject({
      providerAmount: 301,
      ourAmount: 300,
    });
    // A later file has what this one lacked.
    await importFile([line(lacking!, 250)], { settlementDate: '2026-03-09' });
    const missing = found.find(({ kind }) => kind === 'missing-at-provider')!;
    expect(await changed(missing.breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
  });

  test('is imported once by its name, and refused as a whole when a line cannot be read', async () => {
    const first = await importFile([], { externalId: 'the one', settlementDate: '2026-04-01' });
    expect(first.status).toBe('imported');
    const again = await importFile([], { externalId: 'the one', settlementDate: '2026-04-01' });
    expect(again).toMatchObject({ status: 'refused', reason: 'file-already-imported' });
    const broken = await importFile(['charge,1'], { externalId: 'other' });
    expect(broken).toMatchObject({ status: 'refused', reason: 'line-invalid', lineCount: 0 });
    const corrected = await importFile([], { externalId: 'other', settlementDate: '2026-04-01' });
    expect(corrected.status).toBe('imported');
  });

  test('is not imported again under another name, unless the provider said something else in between', async () => {
    const settlementDate = '2026-04-02';
    const [one, other] = [line(uuidv7(), 5), line(uuidv7(), 6)];
    const listing = async (...lines: string[]) => {
      const { status, reason } = await importFile(lines, { settlementDate });
      return reason ?? status;
    };
    expect(await listing(one)).toBe('imported');
    expect(await listing(one)).toBe('file-already-imported');
    expect(await listing(one, other)).toBe('imported');
    expect(await listing(one)).toBe('imported');
    // A day without payments can be said twice.
    expect([await listing(), await listing()]).toEqual(['imported', 'imported']);
  });
});

describe('a difference', () => {
  async function newBreak(amount: number): Promise<string> {
    const file = await importFile([line(uuidv7(), amount)], { settlementDate: '2026-05-01' });
    return (await foundBy(file))[0]!.breakId;
  }
  const adjustment = {
    sourceWalletId: null,
    sourceOwnerId: null,
    sourceAccount: 'cash-in',
    destinationWalletId: null,
    destinationOwnerId: null,
    destinationAccount: 'suspense',
    amount: 55,
  };
  const resolve = (breakId: string, more: Partial<BodyOf<ResolveBreak>> = {}) =>
    fixture.peer.send(
      ResolveBreak,
      breakId,
      { breakId, reason: 'found by hand', adjustment, ...more },
      { actor: author },
    );
  const approve = (breakId: string, version: number, actor: string) =>
    fixture.peer.send(ApproveBreakResolution, breakId, { breakId, version }, { actor });

  test('can be accepted as it is by one operator when nothing has moved', async () => {
    const deposit = await charged(51, 'refused', '2026-05-04');
    const lines = [line(deposit, 51, 'pay-51', 'pending')];
    const file = await importFile(lines, { settlementDate: '2026-05-04' });
    const { breakId, kind } = (await foundBy(file))[0]!;
    expect(kind).toBe('status-differs');
    await resolve(breakId, { adjustment: null });
    expect(await changed(breakId, 'resolved')).toMatchObject({
      resolution: 'accepted',
      reason: 'found by hand',
      proposedBy: author,
    });
  });

  test('whose payment has succeeded since is accepted by two operators, whatever was pending when it was found', async () => {
    const deposit = await charged(53, 'charge-due', '2026-05-06');
    const lines = [line(deposit, 53, 'pay-53', 'declined')];
    const file = await importFile(lines, { settlementDate: '2026-05-06' });
    const { breakId, kind, ourStatus } = (await foundBy(file))[0]!;
    expect([kind, ourStatus]).toEqual(['status-differs', 'pending']);
    await fixture.pool.query(
      `UPDATE deposits SET state = 'settled', charged_at = now() WHERE transaction_id = $1`,
      [deposit],
    );
    await resolve(breakId, { adjustment: null });
    const { status } = await fixture.heard(
      ReconciliationBreakChanged,
      (event) => event.breakId === breakId && event.meta.aggregateVersion === 2,
    );
    expect(status).toBe('proposed');
  });

  test('behind which money may be gone is accepted by two operators', async () => {
    await charged(58, 'settled', '2026-05-03');
    const file = await importFile([], { settlementDate: '2026-05-03' });
    const { breakId: lacking, kind } = (await foundBy(file))[0]!;
    expect(kind).toBe('missing-at-provider');
    for (const breakId of [lacking, await newBreak(52)]) {
      await resolve(breakId, { adjustment: null });
      expect(await changed(breakId, 'proposed')).toMatchObject({ adjustment: null, resolution: null });
      await approve(breakId, 2, author);
      await approve(breakId, 2, 'key:second');
      expect(await changed(breakId, 'resolved')).toMatchObject({
        resolution: 'accepted',
        proposedBy: author,
        approvedBy: 'key:second',
        adjustmentTransactionId: null,
      });
    }
  });

  test('licenses no correction of more than the payment, and of no other wallet, whoever asks', async () => {
    await charged(59, 'settled', '2026-05-05');
    const file = await importFile([], { settlementDate: '2026-05-05' });
    const { breakId, transactionId } = (await foundBy(file))[0]!;
    const wallet = { destinationAccount: null, destinationWalletId: uuidv7(), destinationOwnerId: uuidv7() };
    const refused = (reason: string) =>
      fixture.heard(ReconciliationBreakChanged, (e) => e.breakId === breakId && e.refusalReason === reason);
    await resolve(breakId, { adjustment: { ...adjustment, amount: 60 } });
    expect(await refused('adjustment-exceeds-payment')).toMatchObject({ status: 'open', adjustment: null });
    await resolve(breakId, { adjustment: { ...adjustment, ...wallet, amount: 59 } });
    expect(await refused('wallet-not-involved')).toMatchObject({ status: 'open', adjustment: null });
    // The wallet of a deposit that `charged` writes has its id.
    const own = { ...wallet, destinationWalletId: transactionId };
    await resolve(breakId, { adjustment: { ...adjustment, ...own, amount: 59 } });
    const proposed = await changed(breakId, 'proposed');
    expect(proposed).toMatchObject({ adjustment: { ...own, amount: 59 }, refusalReason: null });
    // What comes too late and may not be done leaves what was proposed, and who did it.
    await resolve(breakId, { adjustment: { ...adjustment, amount: 61 } });
    await approve(breakId, proposed.meta.aggregateVersion, 'key:second');
    expect(await changed(breakId, 'adjusting')).toMatchObject({
      adjustment: { ...own, amount: 59 },
      proposedBy: author,
      approvedBy: 'key:second',
    });
  });

  test('is corrected when a second operator agrees with the proposal that he has seen', async () => {
    const breakId = await newBreak(55);
    await resolve(breakId);
    expect(await changed(breakId, 'proposed')).toMatchObject({ adjustment });
    await approve(breakId, 2, author);
    await approve(breakId, 1, 'key:second');
    await approve(breakId, 2, 'key:second');
    const adjusting = await changed(breakId, 'adjusting');
    expect(adjusting).toMatchObject({ approvedBy: 'key:second' });
    expect(adjusting.meta.aggregateVersion).toBe(3);
    const transactionId = adjusting.adjustmentTransactionId!;
    const command = await fixture.heard(PostAdjustment, (posted) => posted.transactionId === transactionId);
    expect(command).toMatchObject({
      sourceAccount: 'cash-in',
      destinationAccount: 'suspense',
      amount: 55,
      currency: 'USD',
    });
    const posting = { transactionId, currency: 'USD', postedAt: Date.now(), entries: [], exchange: null };
    await fixture.peer.send(TransferPosted, transactionId, posting);
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'adjusted' });
    const done = await fixture.heard(TransactionCompleted, (event) => event.transactionId === transactionId);
    expect(done).toMatchObject({ type: 'adjustment', amount: 55 });
    expect(fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === 55)).toHaveLength(1);
  });

  test('that has healed since is cleared instead of corrected, which would move the money twice', async () => {
    const deposit = await charged(57, 'refused', '2026-05-02');
    const file = await importFile([line(deposit, 57)], { settlementDate: '2026-05-02' });
    const breakId = (await foundBy(file))[0]!.breakId;
    await resolve(breakId, { adjustment: { ...adjustment, amount: 57 } });
    await changed(breakId, 'proposed');
    await fixture.pool.query(`UPDATE deposits SET state = 'settled' WHERE transaction_id = $1`, [deposit]);
    await approve(breakId, 2, 'key:second');
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
    expect(fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === 57)).toEqual([]);
  });

  /** Moves `amount` between the provider and the wallet of a deposit, as two operators and the ledger do. */
  async function corrected(breakId: string, sides: Partial<Adjustment>, amount: number): Promise<void> {
    await resolve(breakId, {
      adjustment: { ...adjustment, sourceAccount: null, destinationAccount: null, ...sides, amount },
    });
    const { meta } = await fixture.heard(
      ReconciliationBreakChanged,
      (event) =>
        event.breakId === breakId && event.status === 'proposed' && event.adjustment?.amount === amount,
    );
    await approve(breakId, meta.aggregateVersion, 'key:second');
    const transactionId = (await changed(breakId, 'adjusting')).adjustmentTransactionId!;
    const posting = { transactionId, currency: 'USD', postedAt: Date.now(), entries: [], exchange: null };
    await fixture.peer.send(TransferPosted, transactionId, posting);
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'adjusted' });
  }

  test('is one difference however many files show it, and none once the books are corrected', async () => {
    const settlementDate = '2026-05-07';
    const deposit = await charged(61, 'settled', settlementDate);
    const first = await importFile([], { settlementDate });
    const { breakId } = (await foundBy(first))[0]!;
    expect(await importFile([], { settlementDate })).toMatchObject({ breakCount: 0 });
    await corrected(
      breakId,
      { sourceWalletId: deposit, sourceOwnerId: deposit, destinationAccount: 'cash-in' },
      61,
    );
    expect(await importFile([], { settlementDate })).toMatchObject({ breakCount: 0 });
  });

  test('that was corrected is another one when the provider lists the payment after all', async () => {
    const settlementDate = '2026-05-08';
    const deposit = await charged(62, 'settled', settlementDate);
    const { breakId } = (await foundBy(await importFile([], { settlementDate })))[0]!;
    const wallet = { sourceWalletId: deposit, sourceOwnerId: deposit };
    await corrected(breakId, { ...wallet, destinationAccount: 'cash-in' }, 62);
    const late = (await foundBy(await importFile([line(deposit, 62)], { settlementDate })))[0]!;
    expect(late).toMatchObject({
      kind: 'status-differs',
      transactionId: deposit,
      providerAmount: 62,
      providerStatus: 'succeeded',
      ourStatus: 'declined',
    });
    const back = { destinationWalletId: deposit, destinationOwnerId: deposit, sourceAccount: 'cash-in' };
    await corrected(late.breakId, back, 62);
    const again = await importFile([line(deposit, 62), line(deposit, 62, 'another id')], { settlementDate });
    expect((await foundBy(again)).map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate']);
  });

  test('follows a provider that changes its mind, and asks for another proposal', async () => {
    const deposit = await charged(63, 'settled', '2026-05-09');
    const listed = (amount: number) => importFile([line(deposit, amount)], { settlementDate: '2026-05-09' });
    const { breakId } = (await foundBy(await listed(90)))[0]!;
    const back = { destinationWalletId: deposit, destinationOwnerId: deposit, destinationAccount: null };
    await resolve(breakId, { adjustment: { ...adjustment, ...back, amount: 27 } });
    await changed(breakId, 'proposed');
    expect(await listed(80)).toMatchObject({ breakCount: 1 });
    expect(await changed(breakId, 'open')).toMatchObject({
      providerAmount: 80,
      ourAmount: 63,
      adjustment: null,
    });
    await approve(breakId, 2, 'key:second');
    await corrected(breakId, { ...back, sourceAccount: 'cash-in' }, 17);
    const last = (await foundBy(await listed(63)))[0]!;
    expect(last).toMatchObject({ kind: 'amount-differs', providerAmount: 63, ourAmount: 80 });
    expect(fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === 27)).toEqual([]);
  });

  const postedOf = (amount: number) =>
    fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === amount);
  const statusesOf = async (paymentId: string) => {
    const text = 'SELECT kind, status FROM reconciliation_breaks WHERE payment_id = $1 ORDER BY id';
    const { rows } = await fixture.pool.query<{ kind: string; status: string }>(text, [paymentId]);
    return rows.map(({ kind, status }) => `${kind} ${status}`);
  };

  test('that the provider takes back is cleared, and what was proposed about it cannot be approved', async () => {
    const settlementDate = '2026-05-10';
    const deposit = await charged(64, 'settled', settlementDate);
    const listed = (amount: number) => importFile([line(deposit, amount)], { settlementDate });
    const { breakId } = (await foundBy(await listed(92)))[0]!;
    const back = { destinationWalletId: deposit, destinationOwnerId: deposit, destinationAccount: null };
    await resolve(breakId, { adjustment: { ...adjustment, ...back, amount: 28 } });
    await changed(breakId, 'proposed');
    expect(await listed(64)).toMatchObject({ lineCount: 1, matchedCount: 1, breakCount: 0 });
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
    await approve(breakId, 2, 'key:second');
    // The next message about it is handled after the approval.
    const other = (await foundBy(await listed(93)))[0]!;
    expect(other).toMatchObject({ kind: 'amount-differs', providerAmount: 93, ourAmount: 64 });
    expect(await statusesOf(`pay-${deposit}`)).toEqual(['amount-differs resolved', 'amount-differs open']);
    expect(postedOf(28)).toEqual([]);
  });

  test('between a pending line and our books is none once the payment is listed as made, whichever file comes first', async () => {
    const [early, late] = ['2026-05-11', '2026-05-12'];
    const [deposit, other] = [await charged(65, 'settled', early), await charged(66, 'settled', early)];
    const pending = (id: string, amount: number) => line(id, amount, `pay-${id}`, 'pending');
    const first = await importFile([pending(deposit, 65), line(other, 66)], { settlementDate: early });
    const { breakId, kind } = (await foundBy(first))[0]!;
    expect(kind).toBe('status-differs');
    expect(await importFile([line(deposit, 65)], { settlementDate: late })).toMatchObject({ breakCount: 0 });
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
    const outOfDate = await importFile([pending(other, 66)], { settlementDate: '2026-05-10' });
    expect(outOfDate).toMatchObject({ lineCount: 1, breakCount: 0 });
  });

  test('is the same one when its payment differs in another way', async () => {
    const settlementDate = '2026-05-13';
    const deposit = await charged(67, 'settled', settlementDate);
    const listed = (amount: number, status: string) =>
      importFile([line(deposit, amount, `pay-${deposit}`, status)], { settlementDate });
    const { breakId } = (await foundBy(await listed(94, 'succeeded')))[0]!;
    const renewed = (await foundBy(await listed(67, 'declined')))[0]!;
    expect(renewed).toMatchObject({
      breakId,
      kind: 'status-differs',
      providerAmount: 67,
      providerStatus: 'declined',
    });
    expect(await statusesOf(`pay-${deposit}`)).toEqual(['status-differs open']);
  });

  test('about a payment that nobody here knew goes when the provider takes the payment back', async () => {
    const settlementDate = '2026-05-14';
    const unknown = uuidv7();
    const listed = (amount: number, status = 'succeeded') =>
      importFile([line(unknown, amount, `pay-${unknown}`, status)], { settlementDate });
    const { breakId } = (await foundBy(await listed(95)))[0]!;
    expect((await foundBy(await listed(96)))[0]).toMatchObject({ breakId, providerAmount: 96 });
    expect(await listed(96, 'declined')).toMatchObject({ breakCount: 0 });
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
    expect(await statusesOf(`pay-${unknown}`)).toEqual(['missing-at-us resolved']);
  });

  test('is shown as it is by now, instead of corrected, when the books have changed since the proposal', async () => {
    const settlementDate = '2026-05-15';
    const deposit = await charged(68, 'settled', settlementDate);
    const { breakId } = (await foundBy(await importFile([line(deposit, 97)], { settlementDate })))[0]!;
    const back = { destinationWalletId: deposit, destinationOwnerId: deposit, destinationAccount: null };
    await resolve(breakId, { adjustment: { ...adjustment, ...back, amount: 29 } });
    await changed(breakId, 'proposed');
    await fixture.pool.query('UPDATE transactions SET amount = 70 WHERE id = $1', [deposit]);
    await approve(breakId, 2, 'key:second');
    expect(await changed(breakId, 'open')).toMatchObject({
      ourAmount: 70,
      adjustment: null,
      proposedBy: null,
    });
    expect(postedOf(29)).toEqual([]);
  });

  test('is found although the correction that makes it is under way only', async () => {
    const settlementDate = '2026-05-16';
    const deposit = await charged(69, 'settled', settlementDate);
    const listed = (amount: number) => importFile([line(deposit, amount)], { settlementDate });
    const { breakId } = (await foundBy(await listed(98)))[0]!;
    const back = { destinationWalletId: deposit, destinationOwnerId: deposit, destinationAccount: null };
    await resolve(breakId, { adjustment: { ...adjustment, ...back, amount: 29 } });
    await changed(breakId, 'proposed');
    await approve(breakId, 2, 'key:second');
    await changed(breakId, 'adjusting');
    expect((await foundBy(await listed(69)))[0]).toMatchObject({ providerAmount: 69, ourAmount: 98 });
  });

  test('is found although its correction is asked for while the file is imported', async () => {
    const settlementDate = '2026-05-19';
    const deposit = await charged(72, 'settled', settlementDate);
    const listed = (amount: number) => importFile([line(deposit, amount)], { settlementDate });
    const { breakId } = (await foundBy(await listed(99)))[0]!;
    const approval = await fixture.pool.connect();
    await approval.query('BEGIN');
    await approval.query(
      `UPDATE reconciliation_breaks SET status = 'adjusting', adjustment = $2 WHERE id = $1`,
      [breakId, JSON.stringify({ ...adjustment, amount: 27 })],
    );
    const file = listed(72);
    await eventually('the import waits', async () => {
      const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await fixture.pool.query(text)).rowCount ? true : undefined;
    });
    await approval.query('COMMIT');
    approval.release();
    expect((await foundBy(await file))[0]).toMatchObject({ providerAmount: 72, ourAmount: 99 });
  });

  test('that the provider lacks is not corrected by a proposal about what the books had before', async () => {
    const settlementDate = '2026-05-20';
    const deposit = await charged(73, 'settled', settlementDate);
    const { breakId } = (await foundBy(await importFile([], { settlementDate })))[0]!;
    const back = { sourceWalletId: deposit, sourceOwnerId: deposit, sourceAccount: null };
    const proposal = { ...adjustment, ...back, destinationAccount: 'cash-in', amount: 73 };
    await resolve(breakId, { adjustment: proposal });
    await changed(breakId, 'proposed');
    await fixture.pool.query(`UPDATE deposits SET state = 'refused' WHERE transaction_id = $1`, [deposit]);
    await approve(breakId, 2, 'key:second');
    expect(await changed(breakId, 'open')).toMatchObject({ ourStatus: 'declined', adjustment: null });
    expect(fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === 73)).toEqual([]);
  });

  test('that has healed is cleared, however many wait that never heal', async () => {
    const settlementDate = '2026-05-17';
    const deposit = await charged(71, 'refused', settlementDate);
    const file = await importFile([line(deposit, 71)], { settlementDate });
    const { breakId } = (await foundBy(file))[0]!;
    await fixture.pool.query(
      `INSERT INTO reconciliation_breaks (id, file_id, kind, payment_kind, payment_id, transaction_id, currency, status,
                                          found_at)
       SELECT gen_random_uuid(), $1, CASE n % 2 WHEN 0 THEN 'duplicate' ELSE 'missing-at-us' END, 'charge', 'old ' || n,
              CASE n % 2 WHEN 0 THEN $2::uuid END, 'USD', 'open', now() - interval '1 day'
         FROM generate_series(1, 10000) AS n`,
      [file.settlementFileId, deposit],
    );
    await fixture.pool.query(`UPDATE deposits SET state = 'settled' WHERE transaction_id = $1`, [deposit]);
    await importFile([], { settlementDate: '2026-05-18' });
    expect(await changed(breakId, 'resolved')).toMatchObject({ resolution: 'cleared' });
    await fixture.pool.query(`DELETE FROM reconciliation_breaks WHERE payment_id LIKE 'old %'`);
  });

  test('is open again when money is being given back by the time a second operator agrees', async () => {
    const deposit = await charged(58, 'charged', '2026-05-06');
    const file = await importFile([], { settlementDate: '2026-05-06' });
    const breakId = (await foundBy(file))[0]!.breakId;
    await resolve(breakId, { adjustment: { ...adjustment, amount: 58 } });
    await changed(breakId, 'proposed');
    await fixture.pool.query(`UPDATE deposits SET state = 'refund-due' WHERE transaction_id = $1`, [deposit]);
    await approve(breakId, 2, 'key:second');
    expect(await changed(breakId, 'open')).toMatchObject({
      refusalReason: 'payment-pending',
      approvedBy: null,
      adjustmentTransactionId: null,
    });
    expect(fixture.peer.heard(PostAdjustment).filter(({ value }) => value.amount === 58)).toEqual([]);
  });

  test('is open again when the ledger refuses the correction', async () => {
    const breakId = await newBreak(56);
    await resolve(breakId, { adjustment: { ...adjustment, amount: 56 } });
    await changed(breakId, 'proposed');
    await approve(breakId, 2, 'key:second');
    const { adjustmentTransactionId } = await changed(breakId, 'adjusting');
    const transactionId = adjustmentTransactionId!;
    const refusal = { transactionId, reason: 'balance-limit-exceeded' };
    await fixture.peer.send(TransferDeclined, transactionId, refusal);
    expect(await changed(breakId, 'open')).toMatchObject({ refusalReason: 'balance-limit-exceeded' });
    await resolve(breakId, { adjustment: { ...adjustment, amount: 57 } });
    const next = await fixture.heard(
      ReconciliationBreakChanged,
      (event) => event.breakId === breakId && event.refusalReason === 'adjustment-exceeds-payment',
    );
    expect(next).toMatchObject({ status: 'open', adjustment: null, reason: null });
  });
});

test('the files of the last days are fetched from the provider, each once', async () => {
  const files = await eventually('the files', async () => {
    const { rows } = await fixture.pool.query<{ external_id: string; status: string }>(
      'SELECT external_id, status FROM settlement_files WHERE imported_by IS NULL',
    );
    return rows.length >= 3 ? rows : undefined;
  });
  expect(new Set(files.map((file) => file.external_id)).size).toBe(3);
  expect(files.map((file) => file.status)).toEqual(['imported', 'imported', 'imported']);
  const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
  expect(metrics).toMatch(/reconciliation_last_settlement_age_seconds(\{[^}]*\})? \d/);
});

test('a day without a file, or with one that cannot be read, keeps no other day from being imported', async () => {
  const dayMs = 86_400_000;
  const today = Math.floor(clock.now() / dayMs);
  const [first, second, third] = [0, 1, 2].map((i) =>
    new Date((today + i) * dayMs).toISOString().slice(0, 10),
  ) as [string, string, string];
  const put = (date: string, body: string) =>
    fetch(`${fixture.config.PSP_URL}/psp/settlement-files/${date}`, { method: 'PUT', body });
  const statuses = async () => {
    const { rows } = await fixture.pool.query<{ of: string }>(
      `SELECT settlement_date::text || ' ' || status AS of FROM settlement_files WHERE external_id = ANY($1)`,
      [[first, second, third].map((date) => `psp-${date}`)],
    );
    return rows.map((row) => row.of);
  };
  const isThere = (date: string, status: string) =>
    eventually(`${date} ${status}`, async () =>
      (await statuses()).includes(`${date} ${status}`) ? true : undefined,
    );
  await put(first, '');
  await put(second, 'charge,1');
  leapMs = (today + 3.5) * dayMs - Date.now();
  await isThere(third, 'imported');
  await isThere(second, 'refused');
  await put(first, header);
  await isThere(first, 'imported');
  await put(second, header);
  await isThere(second, 'imported');
  // The file that was refused was there at every look in between, and was told of once.
  expect((await statuses()).toSorted()).toEqual([
    `${first} imported`,
    `${second} imported`,
    `${second} refused`,
    `${third} imported`,
  ]);
});

test('a day whose file comes after those of many later days is asked for until then, and is counted as missing', async () => {
  const dayMs = 86_400_000;
  const today = Math.floor(clock.now() / dayMs);
  const dateOf = (daysAhead: number) => new Date((today + daysAhead) * dayMs).toISOString().slice(0, 10);
  const put = (body: string) =>
    fetch(`${fixture.config.PSP_URL}/psp/settlement-files/${dateOf(1)}`, { method: 'PUT', body });
  const isImported = (date: string) =>
    fixture.heard(SettlementFileImported, (e) => e.externalId === `psp-${date}` && e.status === 'imported');
  const isMissing = (days: number) =>
    eventually(`${days} days are missing`, async () => {
      const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
      const found = /reconciliation_missing_settlement_days(?:\{[^}]*\})? (\d+)/.exec(metrics);
      return found?.[1] === String(days) ? true : undefined;
    });
  await put('');
  leapMs = (today + 10.5) * dayMs - Date.now();
  // The days in between are those of a service that was down, all but one.
  for (const daysAhead of [0, 2, 5, 9]) await isImported(dateOf(daysAhead));
  await isMissing(1);
  await put(header);
  await isImported(dateOf(1));
  await isMissing(0);
});

test('a file that a mistake of ours has refused is imported by the service that makes it no more', async () => {
  const date = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
  // It can be read, and was not.
  await fixture.pool.query(
    `INSERT INTO settlement_files (id, external_id, settlement_date, status, reason, line_count, matched_count,
                                   break_count, imported_at, content_sha256)
     VALUES ($1, $2, $3, 'refused', 'header-unknown', 0, 0, 0, now(), sha256($4))`,
    [uuidv7(), `psp-${date}`, date, Buffer.from(header)],
  );
  await fetch(`${fixture.config.PSP_URL}/psp/settlement-files/${date}`, { method: 'PUT', body: header });
  const next = createTransactionService(fixture.config);
  await next.start();
  try {
    await fixture.heard(
      SettlementFileImported,
      (event) => event.externalId === `psp-${date}` && event.status === 'imported',
    );
  } finally {
    await next.stop();
  }
});
