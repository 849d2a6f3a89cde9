import type { LedgerFinding, Message, MessageDefinition } from '@florin/contracts';
import { LedgerAuditProgressed } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { type AuditKind, insertAudits } from '../src/db/insert-audits.js';
import { auditLedger } from '../src/jobs/audit-ledger.js';
import { readConfig } from '../src/service.js';
import { createLedgerFixture, type LedgerFixture } from './ledger-fixture.js';

export const dayMs = 86_400_000;

type Body<T> = Omit<T, 'meta'>;
type AuditResult = Body<LedgerAuditProgressed> & { readonly findings: readonly LedgerFinding[] };

/** A ledger whose jobs run when a test says so, on a clock of the test; what they send is kept here instead of in the outbox. */
export interface AuditFixture {
  readonly ledger: LedgerFixture;
  readonly context: Parameters<typeof auditLedger>[0];
  advance(ms: number): void;
  /** What was sent in transactions that have committed. */
  heard<T extends Message>(definition: MessageDefinition<T>): Body<T>[];
  /** Calls back after the commit that sends the next message of a kind. */
  onceSent(definition: MessageDefinition, callback: () => void): void;
  forget(): void;
  /** Runs one audit, and returns how it ended with all that it found. */
  run(kind: AuditKind, walletId?: string | null): Promise<AuditResult>;
  /** Does what only a superuser can do: changes the ledger behind its triggers. */
  tamper(sql: string, values?: unknown[]): Promise<void>;
  tamperUntilRestored(sql: string, undo: string, values?: unknown[]): Promise<void>;
  undoLater(undo: () => Promise<unknown>): void;
  /** Undoes what was tampered with, so that the next test begins with books in order. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function createAuditFixture(): Promise<AuditFixture> {
  const ledger = await createLedgerFixture();
  let now = Date.now();
  let sent: { definition: MessageDefinition; body: Message }[] = [];
  let undo: (() => Promise<unknown>)[] = [];
  let listener: { name: string; callback: () => void } | undefined;

  async function transaction<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const staged: typeof sent = [];
    const send = (definition: MessageDefinition, _key: string, body: object): string => {
      staged.push({ definition, body: body as Message });
      return '';
    };
    const result = await ledger.database.transaction((tx, pending) =>
      work({ tx, expectsNew: false, pending, send, afterCommit: () => undefined } as UnitOfWork),
    );
    sent.push(...staged);
    if (listener && staged.some(({ definition }) => definition.name === listener?.name)) {
      const { callback } = listener;
      listener = undefined;
      callback();
    }
    return result;
  }
  const context = {
    clock: { now: () => now },
    config: readConfig({
      NODE_ENV: 'test',
      WALLET_DATABASE_URL: 'x',
      LEDGER_AUDIT_INTERVAL_MS: String(dayMs),
    }),
    database: ledger.database,
    logger: createLogger({ service: 'audit-test', level: 'silent' }),
    messaging: { transaction },
  } as unknown as AuditFixture['context'];
  const heard: AuditFixture['heard'] = (definition) =>
    sent.filter((one) => one.definition.name === definition.name).map(({ body }) => body as never);

  async function tamper(sql: string, values: unknown[] = []): Promise<void> {
    const client = await ledger.owner.pool.connect();
    try {
      await client.query("SET session_replication_role = 'replica'");
      await client.query(sql, values);
      await client.query("SET session_replication_role = 'origin'");
    } finally {
      client.release();
    }
  }

  return {
    ledger,
    context,
    heard,
    tamper,
    advance: (ms) => {
      now += ms;
    },
    onceSent: ({ name }, callback) => {
      listener = { name, callback };
    },
    forget: () => {
      sent = [];
    },
    async run(kind, walletId = null) {
      const id = uuidv7();
      await ledger.database.transaction((tx) => insertAudits(tx, [{ id, kind, walletId }], new Date(now)));
      await auditLedger(context, walletId === null ? kind : 'wallet');
      const events = heard(LedgerAuditProgressed).filter(({ auditId }) => auditId === id);
      return { ...events.at(-1)!, findings: events.flatMap(({ findings }) => findings) };
    },
    async tamperUntilRestored(sql, back, values = []) {
      await tamper(sql, values);
      undo.push(() => tamper(back, values));
    },
    undoLater: (restore) => {
      undo.push(restore);
    },
    async restore() {
      for (const one of undo.reverse()) await one();
      undo = [];
    },
    close: () => ledger.close(),
  };
}
