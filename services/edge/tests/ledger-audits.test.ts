import { execFile } from 'node:child_process';
import {
  BalancesAudited,
  type BodyOf,
  LedgerAuditProgressed,
  LedgerAuditRefused,
  type LedgerFinding,
  LedgerFindingsReported,
  LedgerSealed,
  type MessageDefinition,
} from '@florin/contracts';
import { createDatabase } from '@florin/database';
import type { UnitOfWork } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { eventually } from '../../../test/story/eventually.js';
import { compareAwaitedBalances } from '../src/jobs/compare-awaited-balances.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;
/** Whoever wants to know what is wrong with the ledger and its copies. */
let listener: Peer;
let wallet: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
  wallet = await edge.openWallet(ada);
  await edge.deposit(ada, wallet, 100);
  await edge.deposit(ada, wallet, 50);
  listener = await createPeer({
    topicPrefix: edge.topicPrefix,
    retryDelays: ['100ms'],
    listen: [
      {
        group: { name: 'findings', service: 'findings', topics: ['ops.events'] },
        definitions: [LedgerFindingsReported as MessageDefinition],
      },
    ],
  });
});
afterAll(async () => {
  await listener.close();
  await edge.close();
});

const get = (path: string) => edge.call('GET', path, { token: admin });
const audit = async (id: string): Promise<Any> => (await get(`/ops/v1/ledger/audits/${id}`)).body;

async function tell(
  more: Partial<BodyOf<LedgerAuditProgressed>> & { auditId: string },
  version = 1,
): Promise<void> {
  const progress = { walletsTotal: 3, walletsChecked: 3, entriesChecked: 9, startedAt: edge.clock.now() };
  const nothing = { walletId: null, finishedAt: null, findings: [], sealRunId: null, sealHash: null };
  const body = { kind: 'books', status: 'running', ...progress, ...nothing, ...more };
  await edge.double.messaging.transaction(async (unit) => {
    unit.send(LedgerAuditProgressed, more.auditId, body, { aggregateVersion: version });
  });
}

async function tellBalance(auditId: string, sequence: number, posted: number): Promise<void> {
  await edge.double.messaging.transaction(async (unit) => {
    const balance = { walletId: wallet, sequence, posted, held: 0, available: posted };
    unit.send(BalancesAudited, wallet, { auditId, balances: [balance] });
  });
  await settled();
}

/** Waits until the edge has read everything that was sent. */
async function settled(): Promise<void> {
  await eventually('the edge to catch up', async () => {
    const { rows } = await edge.double.pool.query('SELECT count(*)::int AS waiting FROM outbox');
    const { body } = await get('/ops/v1/consumer-groups');
    const group = body.data.find((one: Any) => one.group === 'edge');
    return rows[0].waiting === 0 && group.lag.every(({ lag }: Any) => lag === 0) ? true : undefined;
  });
}

const finding: LedgerFinding = {
  check: 'entry-changed',
  walletId: uuidv7(),
  sequence: 7,
  entryId: uuidv7(),
  currency: null,
  detail: 'entry 7 is not the one that was sealed',
};

describe('audits of the ledger', () => {
  test('are asked for, followed and listed with what they find', async () => {
    const body = { kind: 'chain', walletId: wallet };
    const started = await edge.call('POST', '/ops/v1/ledger/audits', { token: admin, body });
    expect(started).toMatchObject({ status: 202, body: { ...body, status: 'pending', findings: [] } });
    const { id } = started.body;
    expect(started.headers.get('location')).toBe(`/ops/v1/ledger/audits/${id}`);
    await eventually('the command', async () => edge.double.audits.find(({ auditId }) => auditId === id));

    await tell({ auditId: id, kind: 'chain', walletsChecked: 1 });
    await eventually('progress', async () => ((await audit(id)).status === 'running' ? true : undefined));
    await tell(
      { auditId: id, kind: 'chain', status: 'failed', finishedAt: edge.clock.now(), findings: [finding] },
      2,
    );
    const ended = await eventually('the end', async () => {
      const now = await audit(id);
      return now.finishedAt === null ? undefined : now;
    });
    expect(ended).toMatchObject({
      status: 'failed',
      walletsChecked: 3,
      findings: [{ source: 'ledger', ...finding }],
    });
    const { body: list } = await get('/ops/v1/ledger/audits?kind=chain&status=failed');
    expect(list.data).toEqual([ended]);
    const metrics = await (await fetch(`${edge.url}/metrics`)).text();
    expect(metrics).toMatch(/ledger_findings_day\{source="ledger"[^}]*\} 1\n/);
  });

  test('need their scopes, a known kind, and exist', async () => {
    const body = { kind: 'books' };
    expect((await edge.call('POST', '/ops/v1/ledger/audits', { token: ada.token, body })).status).toBe(403);
    expect(
      (await edge.call('POST', '/ops/v1/ledger/audits', { token: admin, body: { kind: 'x' } })).status,
    ).toBe(400);
    expect((await get(`/ops/v1/ledger/audits/${uuidv7()}`)).status).toBe(404);
  });

  test('that florin runs end with what was found', async () => {
    const { asked, running } = await runFlorin('ledger', 'verify');
    const end = { kind: 'chain', status: 'failed', finishedAt: edge.clock.now(), findings: [finding] };
    await tell({ auditId: asked.auditId, ...end });
    const { code, stdout } = await running;
    expect(stdout).toContain(
      'chain: failed; 3 wallets (with the accounts of the platform), 9 entries, 1 finding\n',
    );
    expect(stdout).toContain(finding.entryId!);
    expect(stdout).toContain(finding.walletId!);
    expect(code).toBe(1);
  });

  test('of a wallet that the ledger has not got are refused, loudly', async () => {
    const walletId = uuidv7();
    const { asked, running } = await runFlorin('ledger', 'verify', '--wallet', walletId);
    expect(asked).toMatchObject({ kind: 'chain', walletId });
    const { auditId, kind } = asked;
    await edge.double.messaging.transaction(async (unit) => {
      unit.send(LedgerAuditRefused, auditId, { auditId, kind, walletId, reason: 'wallet-not-found' });
    });
    const { code, stdout, stderr } = await running;
    expect(stdout).toBe('');
    expect(stderr).toContain(`the ledger has no wallet ${walletId} (wallet-not-found)`);
    expect(code).toBe(3);
    expect(await audit(auditId)).toMatchObject({
      status: 'refused',
      reason: 'wallet-not-found',
      findings: [],
      finishedAt: expect.any(String),
    });
  });
});

/** Starts `florin` and waits for the audit that it asks for. */
async function runFlorin(...command: string[]) {
  const known = new Set(edge.double.audits);
  const running = new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, FLORIN_URL: edge.url, FLORIN_API_KEY: admin };
    execFile(process.execPath, ['packages/ops/bin/florin.js', ...command], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
  const asked = await eventually('the command', async () =>
    edge.double.audits.find((one) => !known.has(one)),
  );
  return { asked, running };
}

describe('the copies of the edge', () => {
  test('that agree with the ledger are not told', async () => {
    const auditId = uuidv7();
    await tell({ auditId, status: 'passed', finishedAt: edge.clock.now() });
    await tellBalance(auditId, 1, 100);
    await tellBalance(auditId, 2, 150);
    expect(await audit(auditId)).toMatchObject({ status: 'passed', findings: [] });
  });

  test('that differ make the audit fail', async () => {
    const auditId = uuidv7();
    await tell({ auditId, status: 'passed', finishedAt: edge.clock.now() });
    await tellBalance(auditId, 1, 101);
    expect(await audit(auditId)).toMatchObject({
      status: 'failed',
      findings: [{ source: 'edge', check: 'read-model-differs', walletId: wallet, sequence: 1 }],
    });
    const told = await eventually('the event', async () =>
      listener.heard(LedgerFindingsReported).find(({ value }) => value.auditId === auditId),
    );
    expect(told.value).toMatchObject({
      source: 'edge',
      findings: [{ check: 'read-model-differs', walletId: wallet, sequence: 1, entryId: null }],
    });
  });

  test('whose wallet was changed, but not its entries, differ', async () => {
    const auditId = uuidv7();
    await tell({ auditId, status: 'passed', finishedAt: edge.clock.now() });
    await edge.pool.query('UPDATE wallets SET posted = posted + 1 WHERE id = $1', [wallet]);
    await tellBalance(auditId, 2, 150);
    await edge.pool.query('UPDATE wallets SET posted = posted - 1 WHERE id = $1', [wallet]);
    expect((await audit(auditId)).findings).toHaveLength(1);
  });

  test('may be late, but not for ever', async () => {
    const logger = createLogger({ service: 'audit-test', level: 'silent' });
    const url = edge.databaseUrl;
    const database = createDatabase({ url, applicationName: 'audit-test', maxConnections: 2, logger });
    let ahead = 0;
    const told: unknown[] = [];
    const send = (_definition: unknown, _key: string, body: unknown) => told.push(body);
    const messaging = {
      transaction: <T>(work: (unit: UnitOfWork) => Promise<T>) =>
        database.transaction((tx) => work({ tx, send } as unknown as UnitOfWork)),
    };
    const compare = () =>
      compareAwaitedBalances({ messaging, logger, clock: { now: () => edge.clock.now() + ahead } });
    const auditId = uuidv7();
    await tell({ auditId, status: 'passed', finishedAt: edge.clock.now() });
    await tellBalance(auditId, 3, 175);
    await tellBalance(auditId, 4, 176);
    await compare();
    expect((await audit(auditId)).findings).toEqual([]);
    await edge.deposit(ada, wallet, 25);
    ahead = 600_000;
    await compare();
    expect((await audit(auditId)).findings).toMatchObject([{ source: 'edge', sequence: 4 }]);
    expect(told).toMatchObject([{ auditId, findings: [{ check: 'read-model-differs', sequence: 4 }] }]);
    await database.close();
  });
});

describe('seals', () => {
  const seal = async (number: number, hash: string): Promise<string> => {
    const runId = uuidv7();
    await edge.double.messaging.transaction(async (unit) => {
      const sealedAt = edge.clock.now() - 1_000;
      unit.send(LedgerSealed, runId, { runId, number, hash, sealedAt, wallets: 1, entries: 1 });
    });
    await settled();
    return runId;
  };
  const chainAudit = async (sealRunId: string | null, sealHash: string | null) => {
    const auditId = uuidv7();
    await tell({
      auditId,
      kind: 'chain',
      status: 'passed',
      finishedAt: edge.clock.now(),
      sealRunId,
      sealHash,
    });
    await settled();
    return (await audit(auditId)).findings.map(({ check }: Any) => check);
  };

  test('of the ledger are those that were published', async () => {
    expect(await chainAudit(null, null)).toEqual([]);
    const first = await seal(1, 'aa');
    expect(await chainAudit(first, 'aa')).toEqual([]);
    expect(await chainAudit(first, 'bb')).toEqual(['seals-differ-from-published']);
    expect(await chainAudit(null, null)).toEqual(['seals-differ-from-published']);
    const second = await seal(2, 'cc');
    expect(await chainAudit(second, 'cc')).toEqual([]);
    expect(await chainAudit(first, 'aa')).toEqual(['seals-differ-from-published']);
    // The event of the third is still on its way.
    expect(await chainAudit(uuidv7(), 'dd')).toEqual([]);
  });
});
