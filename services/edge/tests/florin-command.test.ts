import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PermanentError } from '@florin/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { localOperatorKey } from '../src/auth/local-api-keys.js';
import { DeadLetterFixture } from './dead-letter-fixture.js';
import type { Any } from './edge-fixture.js';
import { type FlorinResult, runFlorin } from './run-florin.js';

const folder = mkdtempSync(join(tmpdir(), 'florin-test-'));
let ops: DeadLetterFixture;

beforeAll(async () => {
  ops = await DeadLetterFixture.create();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await ops?.close();
});
afterEach(() => {
  if (ops) ops.edge.double.notificationFailure = () => undefined;
});

function florin(args: readonly string[], env: Record<string, string> = {}): Promise<FlorinResult> {
  return runFlorin(ops.edge.url, args, env);
}

const idsOf = (letters: readonly Any[]): string[] => letters.map(({ id }) => id);

describe('florin dlq', () => {
  test('rehearses, replays with care and says what came of it', async () => {
    const ids = idsOf(await ops.deadLetters(3));
    const dryRun = await florin(['dlq', 'replay', ...ids, '--dry-run']);
    expect(dryRun).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('3 would-apply') });
    const replay = await florin([
      'dlq',
      'replay',
      '--group',
      'notification',
      '--canary',
      '--rate',
      '50',
      '--json',
    ]);
    expect(replay.exitCode).toBe(0);
    expect(JSON.parse(replay.stdout)).toHaveLength(3);
    expect(await florin(['dlq', 'replay'])).toMatchObject({
      exitCode: 0,
      stdout: 'No pending dead letters match.\n',
    });
    const slip = await florin(['dlq', 'replay', '--fingerprint', 'bogus']);
    expect(slip).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('bogus') });
    expect(await florin(['dlq', 'replay', '--group', 'bogus'])).toMatchObject({ exitCode: 2 });
  });

  test('shows a letter with each time once, and names the argument that is wrong', async () => {
    const [id] = idsOf(await ops.deadLetters(1));
    const letter = JSON.parse((await florin(['dlq', 'show', id!])).stdout);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(letter).toMatchObject({ lastFailedAt: time, failure: { attempts: 1, retryingSince: time } });
    expect(Object.keys(letter.failure)).not.toContain('lastFailedAt');
    const slip = await florin(['dlq', 'show', 'nope']);
    const message = "'nope' is invalid for argument 'id'. Expected a UUID";
    expect(slip).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
    expect(await florin(['dlq', 'discard', id!, '--reason', 'seen', '--yes'])).toMatchObject({ exitCode: 0 });
  });

  test('ends with 1 when a replay is aborted', async () => {
    await ops.deadLetters(3);
    ops.edge.double.notificationFailure = () => new PermanentError('template-missing', 'still');
    const failed = await florin(['dlq', 'replay', '--canary']);
    expect(failed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('2 cancelled') });
    expect(failed.stderr).toContain('canary-failed');
    await eventually('the canary as a new dead letter', async () =>
      (await ops.pending()).length === 3 ? true : undefined,
    );
    expect((await florin(['dlq', 'list', '--status', 'all'])).stdout).toContain('resolved: failed again');
    // Amounts are in minor units on the wire, and for people in those of the currency: 0.05, not 5.
    expect((await florin(['dlq', 'groups'])).stdout).toMatch(/ 0\.\d\d USD/);
  });

  test('discards only when told to twice', async () => {
    const [id] = idsOf(await ops.deadLetters(1)) as [string];
    expect((await florin(['dlq', 'discard', id])).exitCode).toBe(2);
    expect((await florin(['dlq', 'discard', id, '--reason', 'obsolete'])).exitCode).toBe(2);
    expect((await ops.get(`/ops/v1/dead-letters/${id}`)).status).toBe('pending');
    const discarded = await florin(['dlq', 'discard', id, '--reason', 'obsolete', '--yes']);
    expect(discarded).toMatchObject({ exitCode: 0, stdout: `${id} discarded\n` });
    expect((await florin(['dlq', 'discard', id, '--reason', 'another', '--yes'])).exitCode).toBe(3);
  });

  test('exports each dead letter with its payload on a line of its own', async () => {
    const letters = await ops.deadLetters(25);
    const file = join(folder, 'letters.jsonl');
    const { stdout } = await florin(['dlq', 'export', '--fingerprint', letters[0].fingerprint, '-o', file]);
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(stdout).toContain(`${lines.length} dead letters written`);
    expect(idsOf(lines)).toEqual(expect.arrayContaining(idsOf(letters)));
    expect(lines.every(({ payload, valueBase64 }) => payload.amount > 0 && valueBase64.length > 0)).toBe(
      true,
    );
    // What was exported before is not overwritten by accident.
    expect((await florin(['dlq', 'export', '-o', file])).exitCode).not.toBe(0);
    const none = await florin(['dlq', 'export', '--search', 'nowhere']);
    expect(none).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('edits in the editor or from a file, and asks for a second operator', async () => {
    const [id] = idsOf(await ops.deadLetters(1)) as [string];
    const script = join(folder, 'editor.sh');
    writeFileSync(script, `sed -i 's/"description": null/"description": "Lunch"/' "$1"`);
    const edited = await florin(['dlq', 'edit', id, '--reason', 'typo'], { EDITOR: `sh ${script}` });
    expect(edited).toMatchObject({ exitCode: 0, stdout: '- /description null\n+ /description "Lunch"\n' });
    const file = join(folder, 'payload.json');
    const { payload } = await ops.get(`/ops/v1/dead-letters/${id}`);
    writeFileSync(file, JSON.stringify({ ...payload, amount: 7 }));
    const money = await florin(['dlq', 'edit', id, '--reason', 'typo', '--file', file]);
    expect(money.stdout).toContain(`florin dlq approve ${id} 2`);
    expect(await florin(['dlq', 'approve', id, '2'])).toMatchObject({ exitCode: 2 });
    expect(await florin(['dlq', 'approve', id, '2', '--yes'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('second-approver-required'),
    });
    const second = { FLORIN_API_KEY: localOperatorKey };
    expect((await florin(['dlq', 'approve', id, '2', '--yes'], second)).exitCode).toBe(0);
    expect((await florin(['dlq', 'revisions', id])).stdout).toMatch(/2 +approved .*\/amount/);
    writeFileSync(file, JSON.stringify({ ...payload, amount: 'seven' }));
    const unfit = await florin(['dlq', 'edit', id, '--reason', 'typo', '--file', file]);
    expect(unfit).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/payload/amount') });
    const missing = await florin(['dlq', 'edit', id, '--reason', 'typo', '--file', join(folder, 'nowhere')]);
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no file') });
  });
});

describe('florin', () => {
  test('shows outboxes, audits and whether they are intact', async () => {
    expect((await florin(['outbox'])).stdout).toMatch(/edge +\d+ +\d+/);
    expect((await florin(['audits', '--action', 'dead-letter.discard'])).stdout).toContain('obsolete');
    expect(await florin(['audits', '--verify'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('intact'),
    });
    const { pool } = ops.edge;
    await pool.query('ALTER TABLE operator_actions DISABLE TRIGGER operator_actions_append_only');
    await pool.query(`UPDATE operator_actions SET actor = 'key:nobody' WHERE sequence = 1`);
    expect(await florin(['audits', '--verify'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('broken at 1'),
    });
  });

  test('has exit codes for wrong usage and for an edge that is away', async () => {
    expect((await florin(['dlq', 'replay', '--rate', 'fast'])).exitCode).toBe(2);
    expect((await florin(['nonsense'])).exitCode).toBe(2);
    expect(await florin(['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Exit status'),
    });
    expect((await florin(['lag'], { FLORIN_URL: 'http://127.0.0.1:9' })).exitCode).toBe(3);
    expect((await florin(['lag'], { FLORIN_API_KEY: 'flk_wrong' })).exitCode).toBe(3);
    expect(await florin(['lag'], { FLORIN_URL: 'nowhere' })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('nowhere is not a URL'),
    });
    expect(JSON.parse((await florin(['lag', '--json'])).stdout)).toEqual(expect.any(Array));
  });
});

describe('florin redrive', () => {
  test('makes, shows, switches and deletes rules', async () => {
    const made = await florin([
      'redrive',
      'create',
      'by-script',
      '--group',
      'notification',
      '--breaker',
      'sms',
    ]);
    expect(made).toMatchObject({ exitCode: 0, stdout: 'Rule by-script is enabled.\n' });
    expect(await florin(['redrive', 'create', 'never'])).toMatchObject({ exitCode: 3 });
    expect((await florin(['redrive', 'list'])).stdout).toMatch(/by-script +yes +notification +breaker sms/);
    expect((await florin(['redrive', 'show', 'by-script'])).stdout).toContain(
      'but        notification: no instance reports a breaker sms',
    );
    const changed = await florin(['redrive', 'update', 'by-script', '--breaker', '', '--min-age', '86400']);
    expect(changed.stdout).toContain('failed 1 d ago or earlier');
    expect((await florin(['redrive', 'disable', 'by-script'])).stdout).toContain('disabled');
    expect((await florin(['redrive', 'runs', 'by-script'])).stdout).toBe('No replays.\n');
    expect(await florin(['redrive', 'delete', 'by-script'])).toMatchObject({ exitCode: 2 });
    expect(await florin(['redrive', 'delete', 'by-script', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await florin(['redrive', 'show', 'by-script'])).toMatchObject({ exitCode: 3 });
  });

  test('finds the edge at EDGE_PORT, and lists replays', async () => {
    const env = { FLORIN_URL: '', EDGE_PORT: new URL(ops.edge.url).port };
    const { data } = await ops.get('/ops/v1/replays?limit=1');
    expect((await florin(['dlq', 'replays'], env)).stdout).toContain(data[0].id);
  });
});

describe('florin reconciliation', () => {
  async function difference(status: 'open' | 'proposed', kind = 'missing-at-us'): Promise<string> {
    const id = uuidv7();
    await ops.edge.pool.query(
      `INSERT INTO reconciliation_breaks (id, settlement_file_id, kind, payment_kind, currency, provider_amount, status,
                                          reason, proposed_by, version, found_at)
       VALUES ($1, $2, $3, 'charge', 'USD', 700, $4, 'seen by hand', $5, 3, now())`,
      [id, uuidv7(), kind, status, status === 'proposed' ? 'key:somebody' : null],
    );
    return id;
  }

  test('lists and shows what differs, with exit status 1 while something is not settled', async () => {
    const id = await difference('open');
    const listed = await florin(['reconciliation', 'breaks', '--json']);
    expect(listed.exitCode).toBe(1);
    expect(idsOf(JSON.parse(listed.stdout))).toContain(id);
    const table = await florin(['reconciliation', 'breaks', '--kind', 'missing-at-us', '--status', 'open']);
    expect(table).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(id) });
    const none = await florin(['reconciliation', 'breaks', '--status', 'adjusting']);
    expect(none).toMatchObject({ exitCode: 0, stdout: 'Nothing differs.\n' });
    const shown = await florin(['reconciliation', 'show', id]);
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('seen by hand') });
  });

  test('decides nothing unless it is confirmed, and approves only the version that was seen', async () => {
    const [open, proposed] = [await difference('open'), await difference('proposed')];
    const why = ['--reason', 'the provider says so'];
    expect(await florin(['reconciliation', 'accept', open, ...why])).toMatchObject({ exitCode: 2 });
    expect(await florin(['reconciliation', 'accept', open, ...why, '--yes'])).toMatchObject({ exitCode: 0 });
    const sides = ['--from', 'cash-in', '--to', 'suspense'];
    const propose = ['reconciliation', 'propose', open, ...sides, ...why, '--yes', '--amount'];
    expect(await florin([...propose, '700'])).toMatchObject({
      exitCode: 0,
      stdout: `${open} proposed\n`,
    });
    const tooMuch = await florin([...propose, '701']);
    expect(tooMuch).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/adjustment/amount') });
    const approve = ['reconciliation', 'approve', proposed, '--yes'];
    expect(await florin(approve)).toMatchObject({ exitCode: 2 });
    expect(await florin([...approve, '--seen', '2'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('stale-version'),
    });
    expect(await florin([...approve, '--seen', '3'])).toMatchObject({ exitCode: 0 });
  });
});
