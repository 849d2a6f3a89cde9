import type { Clock } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';
import type { ResourceKind, ResourceRef } from '../ingress/submission.js';
import type { Outcome, Representation } from '../ingress/waiters.js';
import { applicationResource, isFinalApplication } from './application.js';
import { applicationTypeOutcome } from './application-type.js';
import { readBulk } from './bulk.js';
import { cardResource } from './card.js';
import { fxQuoteResource, fxRateResource, quoteRefusal } from './fx.js';
import { ledgerAuditResource } from './ledger-audit.js';
import { reconciliationBreakResource } from './reconciliation-break.js';
import { readReplay } from './replay.js';
import { cancellationRefusal, scheduledTransferResource, scheduleRefusal } from './scheduled-transfer.js';
import { settlementFileResource } from './settlement-file.js';
import { parseStatusChangeResourceId, statusRefusal } from './status-change.js';
import { transactionResource } from './transaction.js';
import { transactionRuleResource } from './transaction-rule.js';
import { transactionTypeResource } from './transaction-type.js';
import { walletResource } from './wallet.js';
import { walletTypeResource } from './wallet-type.js';

/** Reads what has become of a resource; undefined when there is none. */
export type OutcomeReader = (resource: ResourceRef) => Promise<Outcome | undefined>;

type Read = (prisma: PrismaClient, id: string, now: number) => Promise<Outcome | undefined>;

/** A resource is done as soon as it is no longer pending. */
function reader<Row extends { status: string }>(
  find: (prisma: PrismaClient, id: string) => Promise<Row | null>,
  present: (row: Row) => Representation,
  isFinal: (row: Row) => boolean = (row) => row.status !== 'pending',
): Read {
  return async (prisma, id) => {
    const row = await find(prisma, id);
    return row === null ? undefined : { final: isFinal(row), representation: present(row) };
  };
}

/** The subject as it is now, with the refusal if there was one. */
function statusReader<Row>(
  find: (prisma: PrismaClient, id: string) => Promise<Row | null>,
  present: (row: Row) => Representation,
): Read {
  return async (prisma, resourceId) => {
    const { subjectId, id } = parseStatusChangeResourceId(resourceId);
    const [change, subject] = await Promise.all([
      prisma.statusChange.findUnique({ where: { id } }),
      find(prisma, subjectId),
    ]);
    if (!change || subject === null) return undefined;
    const { status, refusalReason } = change;
    return {
      final: status !== 'pending',
      representation: present(subject),
      ...(refusalReason === null ? {} : { refusal: statusRefusal(refusalReason) }),
    };
  };
}

const readers: Record<ResourceKind, Read> = {
  'wallet-type': reader((db, code) => db.walletType.findUnique({ where: { code } }), walletTypeResource),
  wallet: reader((db, id) => db.wallet.findUnique({ where: { id } }), walletResource),
  'wallet-status': statusReader((db, id) => db.wallet.findUnique({ where: { id } }), walletResource),
  'card-status': statusReader((db, id) => db.card.findUnique({ where: { id } }), cardResource),
  card: reader((db, id) => db.card.findUnique({ where: { id } }), cardResource),
  'transaction-type': reader(
    (db, id) => db.transactionType.findUnique({ where: { id } }),
    transactionTypeResource,
  ),
  'transaction-rule': reader(
    (db, id) => db.transactionRule.findUnique({ where: { id } }),
    transactionRuleResource,
  ),
  'transaction-rule-withdrawal': reader(
    (db, id) => db.transactionRule.findUnique({ where: { id } }),
    transactionRuleResource,
    (row) => row.status === 'withdrawn',
  ),
  // An answer that nobody has heard is nowhere: the question can be asked again.
  'transfer-quote': async () => undefined,
  transaction: reader((db, id) => db.transaction.findUnique({ where: { id } }), transactionResource),
  'fx-rate': reader((db, id) => db.fxRate.findUnique({ where: { id } }), fxRateResource),
  'fx-quote': async (db, id, now) => {
    const row = await db.fxQuote.findUnique({ where: { id } });
    if (row === null) return undefined;
    const refusal = row.refusalReason === null ? {} : { refusal: quoteRefusal(row.refusalReason) };
    return { final: row.status !== 'pending', representation: fxQuoteResource(row, now), ...refusal };
  },
  bulk: async (db, id) => {
    const representation = await readBulk(db, id);
    return representation && { final: representation.status !== 'pending', representation };
  },
  'scheduled-transfer': async (db, id) => {
    const row = await db.scheduledTransfer.findUnique({ where: { id } });
    if (row === null) return undefined;
    const refusal = scheduleRefusal(row);
    const representation = scheduledTransferResource(row);
    return { final: row.status !== 'pending', representation, ...(refusal && { refusal }) };
  },
  'scheduled-transfer-cancellation': async (db, id) => {
    const row = await db.scheduledTransfer.findUnique({ where: { id } });
    if (row === null) return undefined;
    const refusal = cancellationRefusal(row);
    const representation = scheduledTransferResource(row);
    return { final: row.status === 'cancelled', representation, ...(refusal && { refusal }) };
  },
  'application-type': async (db, id) => {
    const row = await db.applicationType.findUnique({ where: { id } });
    return row === null ? undefined : applicationTypeOutcome(row);
  },
  application: reader(
    (db, id) => db.application.findUnique({ where: { id } }),
    applicationResource,
    (row) => isFinalApplication(row.status),
  ),
  'application-decision': reader(
    (db, id) => db.application.findUnique({ where: { id } }),
    applicationResource,
    (row) => row.decisionOutcome !== null,
  ),
  'ledger-audit': reader(
    (db, id) => db.ledgerAudit.findUnique({ where: { id } }),
    (row) => ledgerAuditResource(row, []),
    () => false,
  ),
  'settlement-file': reader(
    (db, id) => db.settlementFile.findUnique({ where: { id } }),
    settlementFileResource,
  ),
  'reconciliation-break': reader(
    (db, id) => db.reconciliationBreak.findUnique({ where: { id } }),
    reconciliationBreakResource,
    () => false,
  ),
  replay: async (db, id) => {
    const representation = await readReplay(db, id, true);
    return representation && { final: false, representation };
  },
};

export function createOutcomeReader(prisma: PrismaClient, clock: Clock): OutcomeReader {
  return ({ kind, id }) => readers[kind](prisma, id, clock.now());
}
