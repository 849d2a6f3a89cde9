import {
  AuditLedger,
  ChangeCardStatus,
  ChangeWalletStatus,
  consumerGroups,
  DefineWalletType,
  IssueCard,
  OpenWallet,
} from '@florin/contracts';
import { prismaAdapter } from '@florin/database';
import { createHealthApp, type HttpServer, listen } from '@florin/http';
import { type Handler, handle, handleTogether, type Received, type UnitOfWork } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { ConfigurationError, createRuntime, type Service } from '@florin/runtime';
import type { WalletConfig } from './config.js';
import { auditLedger } from './consumers/audit-ledger.js';
import { changeCardStatus } from './consumers/change-card-status.js';
import { changeWalletStatus } from './consumers/change-wallet-status.js';
import { defineWalletTypes } from './consumers/define-wallet-types.js';
import { issueCards } from './consumers/issue-cards.js';
import { openWallets } from './consumers/open-wallets.js';
import { lockForBatch, postLedgerCommands } from './consumers/post-ledger-commands.js';
import { ledgerMessages, postingsOf } from './consumers/read-ledger-command.js';
import type { WalletContext } from './context.js';
import { PrismaClient } from './db/generated/client.js';
import { mayRewriteLedger } from './db/may-rewrite-ledger.js';
import { auditLedgerJobs } from './jobs/audit-ledger.js';
import { observeAudits } from './jobs/audit-metrics.js';
import { observeCardOrders } from './jobs/card-metrics.js';
import { createPartitionsJob, observePartitions } from './jobs/create-partitions.js';
import { expireHoldsJob } from './jobs/expire-holds.js';
import { observeHolds } from './jobs/hold-metrics.js';
import { orderCardsJob } from './jobs/order-cards.js';
import { sealEntriesJob } from './jobs/seal-entries.js';
import { createCardIssuer } from './providers/card-issuer.js';

export { readConfig, type WalletConfig } from './config.js';
export { auditLedger } from './jobs/audit-ledger.js';

/** Wallet types, wallets, cards and the double-entry ledger. */
export function createWalletService(config: WalletConfig, overrides: { clock?: Clock } = {}): Service {
  const runtime = createRuntime({
    service: 'wallet',
    config,
    databaseUrl: config.WALLET_DATABASE_URL,
    clock: overrides.clock,
  });
  const { clock, database, messaging, metrics } = runtime;
  const context: WalletContext = {
    ...runtime,
    config,
    issuer: createCardIssuer({
      baseUrl: config.ISSUER_URL,
      timeoutMs: config.ISSUER_TIMEOUT_MS,
      onStateChange: runtime.observeBreaker,
    }),
    wakeCardOrders: () => cardOrders.wake(),
    wakeAudits: () => audits.wake(),
  };
  const cardOrders = orderCardsJob(context);
  observeCardOrders(metrics, new PrismaClient({ adapter: prismaAdapter(database) }), clock);
  const partitions = createPartitionsJob(context);
  observePartitions(metrics, database, clock);
  const audits = auditLedgerJobs(context);
  observeAudits(metrics, { database, clock, intervalMs: config.LEDGER_AUDIT_INTERVAL_MS });
  const seals = sealEntriesJob(context);
  messaging.consume({ group: consumerGroups.wallet, handlers: handlersOf(context) });
  const expiry = expireHoldsJob(context, observeHolds(metrics, database, clock));
  let server: HttpServer | undefined;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    // Before the messaging, whose relay still sends what the last runs have decided.
    await expiry.stop();
    await cardOrders.stop();
    await Promise.all([partitions.stop(), audits.stop(), seals.stop()]);
    await messaging.stop();
    await context.issuer.close();
    await server?.close();
    await database.close();
  }

  /** @throws ConfigurationError in production when the service could rewrite the ledger */
  async function refuseOwner(): Promise<void> {
    if (!(await mayRewriteLedger(database.pool))) return;
    const problem =
      'WALLET_DATABASE_URL: the role may change the ledger, use a member of florin_wallet_service';
    if (config.NODE_ENV === 'production') throw new ConfigurationError([problem]);
    runtime.logger.warn(problem);
  }

  return {
    name: 'wallet',
    async start() {
      await refuseOwner();
      const app = createHealthApp({ ...runtime, isReady: () => messaging.isReady() });
      server = await listen(app, { host: config.HOST, port: config.WALLET_PORT });
      await messaging.start();
      cardOrders.start();
      partitions.start();
      partitions.wake();
      audits.start();
      seals.start();
      expiry.start();
      runtime.logger.info({ url: server.url }, 'wallet is ready');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    get url() {
      if (!server) throw new Error('the wallet service has not been started');
      return server.url;
    },
  };
}

/** What moves money, as one: a batch of all of these messages is locked, decided and written together. */
export function ledgerHandlers(context: Pick<WalletContext, 'clock'>): readonly Handler[] {
  const post = (unit: UnitOfWork, messages: readonly Received[]) =>
    postLedgerCommands(context, unit, messages);
  // A bulk is as much work as its transfers.
  return handleTogether(ledgerMessages, post).map((handler) => ({ ...handler, weigh: postingsOf }));
}

/** What the wallet service does with each command it is sent. */
export function handlersOf(context: WalletContext): readonly Handler[] {
  const handlers = [
    handle(DefineWalletType, (unit, messages) => defineWalletTypes(context, unit, messages)),
    handle(OpenWallet, (unit, messages) => openWallets(context, unit, messages)),
    handle(AuditLedger, (unit, messages) => auditLedger(context, unit, messages)),
    handle(ChangeWalletStatus, changeWalletStatus),
    handle(ChangeCardStatus, changeCardStatus),
    handle(IssueCard, (unit, messages) => issueCards(context, unit, messages)),
    ...ledgerHandlers(context),
  ];
  return handlers.map((handler) => ({ ...handler, prepare: lockForBatch }));
}
