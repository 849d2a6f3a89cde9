import {
  AllowBeneficiary,
  ApproveBreakResolution,
  CancelScheduledTransfer,
  CheckPayment,
  consumerGroups,
  DefineFxRate,
  DefineTransactionType,
  HoldCaptured,
  HoldDeclined,
  HoldOperationDeclined,
  HoldPlaced,
  HoldVoided,
  ImportSettlementFile,
  paidByCustomers,
  QuoteTransfer,
  RequestFxQuote,
  ResolveBreak,
  ReversalDeclined,
  ScheduleTransfer,
  SubmitBulk,
  SubmitDeposit,
  SubmitReversal,
  SubmitTransfer,
  SubmitWithdrawal,
  TransferDeclined,
  TransferPosted,
  TransferReversed,
  WalletStatusChanged,
  WithdrawBeneficiaryRule,
} from '@florin/contracts';
import { prismaAdapter } from '@florin/database';
import { createHealthApp, type HttpServer, listen } from '@florin/http';
import { type Handler, handle } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { createRuntime, type Service } from '@florin/runtime';
import { createSealedSecrets } from '@florin/sealed-secrets';
import { Redis } from 'ioredis';
import type { TransactionConfig } from './config.js';
import { allowBeneficiaries } from './consumers/allow-beneficiaries.js';
import { approveBreakResolutions } from './consumers/approve-break-resolutions.js';
import { cancelScheduledTransfers } from './consumers/cancel-scheduled-transfers.js';
import { checkPayments } from './consumers/check-payments.js';
import { declineReversals } from './consumers/decline-reversals.js';
import { declineTransactions } from './consumers/decline-transactions.js';
import { defineFxRates } from './consumers/define-fx-rates.js';
import { defineTransactionTypes } from './consumers/define-transaction-types.js';
import { endSchedulesOfWallets } from './consumers/end-schedules-of-wallets.js';
import { endWithdrawals } from './consumers/end-withdrawals.js';
import { onHoldOperationsDeclined } from './consumers/hold-operations-declined.js';
import { importSettlementFiles } from './consumers/import-settlement-files.js';
import { lockAhead } from './consumers/lock-ahead.js';
import { payOutWithdrawals } from './consumers/pay-out-withdrawals.js';
import { quoteRates } from './consumers/quote-rates.js';
import { quoteTransfers } from './consumers/quote-transfers.js';
import { refuseWithdrawals } from './consumers/refuse-withdrawals.js';
import { resolveBreaks } from './consumers/resolve-breaks.js';
import { scheduleTransfers } from './consumers/schedule-transfers.js';
import { settleReversals } from './consumers/settle-reversals.js';
import { settleTransactions } from './consumers/settle-transactions.js';
import { settleWithdrawals } from './consumers/settle-withdrawals.js';
import { submitBulks } from './consumers/submit-bulks.js';
import { submitDeposits } from './consumers/submit-deposits.js';
import { submitReversals } from './consumers/submit-reversals.js';
import { submitTransfers } from './consumers/submit-transfers.js';
import { submitWithdrawals } from './consumers/submit-withdrawals.js';
import { withdrawBeneficiaryRules } from './consumers/withdraw-beneficiary-rules.js';
import type { TransactionContext } from './context.js';
import { PrismaClient } from './db/generated/client.js';
import { expireMovesJob } from './jobs/expire-moves.js';
import { healStalledJob } from './jobs/heal-stalled.js';
import { importSettlementFilesJob } from './jobs/import-settlement-files.js';
import { PaymentJob } from './jobs/payment-job.js';
import { observePayments } from './jobs/payment-metrics.js';
import { PaymentPoller } from './jobs/payment-poller.js';
import { depositQueue, withdrawalQueue } from './jobs/payment-queues.js';
import { observeReconciliation } from './jobs/reconciliation-metrics.js';
import { observeSchedules } from './jobs/schedule-metrics.js';
import { schedulerJob } from './jobs/scheduler.js';
import { observeStalls } from './jobs/stall-metrics.js';
import { createPaymentProvider } from './providers/payment-provider.js';

export { readConfig, type TransactionConfig } from './config.js';

/**
 * After postings that customers have paid for: whoever made such a transfer is answered by the edge, which hears of it from the ledger, and
 * for corrections of the books nobody waits. So they are completed here in fewer batches. What else the ledger answers waits so long
 * at most, and only among transfers.
 */
const postedRestMs = 100;

/** Transaction types, beneficiary rules and the lifecycle of every transaction, deposits through the PSP included. */
export function createTransactionService(
  config: TransactionConfig,
  overrides: { clock?: Clock } = {},
): Service {
  const runtime = createRuntime({
    service: 'transaction',
    config,
    databaseUrl: config.TRANSACTION_DATABASE_URL,
    clock: overrides.clock,
  });
  const { clock, database, logger, messaging, metrics } = runtime;
  const redis = new Redis(config.REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 1 });
  redis.on('error', (error) => logger.warn({ err: error }, 'redis connection failed'));
  const context: TransactionContext = {
    ...runtime,
    config,
    psp: createPaymentProvider({
      baseUrl: config.PSP_URL,
      timeoutMs: config.PSP_TIMEOUT_MS,
      fileTimeoutMs: config.PSP_FILE_TIMEOUT_MS,
      onStateChange: runtime.observeBreaker,
    }),
    secrets: createSealedSecrets({ redis, key: config.SEAL_KEY }),
    wakeDepositJob: () => deposits.wake(),
    wakeWithdrawalJob: () => withdrawals.wake(),
    wakeScheduler: () => scheduler.wake(),
  };
  const deposits = new PaymentPoller(new PaymentJob(context, depositQueue, () => deposits.wake()), logger);
  const withdrawals = new PaymentPoller(
    new PaymentJob(context, withdrawalQueue, () => withdrawals.wake()),
    logger,
  );
  const settlementFiles = importSettlementFilesJob(context);
  const prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  observePayments(metrics, prisma, clock);
  observeReconciliation(metrics, prisma, context);
  const scheduler = schedulerJob(context, observeSchedules(metrics, prisma, clock));
  const moveExpiry = expireMovesJob(context);
  messaging.consume({ group: consumerGroups.transaction, handlers: commandHandlers(context) });
  messaging.consume({
    group: consumerGroups.transactionOutcomes,
    handlers: outcomeHandlers(context),
    unhurriedRestMs: postedRestMs,
  });
  const healer = healStalledJob(context, observeStalls(metrics, database, clock));
  let server: HttpServer | undefined;
  let stopping: Promise<void> | undefined;

  // The payments under way first, so that the relay, which stops with the messaging, still sends their outcome.
  async function stop(): Promise<void> {
    await healer.stop();
    await scheduler.stop();
    await moveExpiry.stop();
    await Promise.all([deposits.stop(), withdrawals.stop(), settlementFiles.stop()]);
    await messaging.stop();
    await context.psp.close();
    redis.disconnect();
    await server?.close();
    await database.close();
  }

  return {
    name: 'transaction',
    async start() {
      const app = createHealthApp({ ...runtime, isReady: () => messaging.isReady() });
      server = await listen(app, { host: config.HOST, port: config.TRANSACTION_PORT });
      await messaging.start();
      deposits.start();
      withdrawals.start();
      settlementFiles.start();
      settlementFiles.wake();
      healer.start();
      scheduler.start();
      moveExpiry.start();
      logger.info({ url: server.url }, 'transaction is ready');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    get url() {
      if (!server) throw new Error('the transaction service has not been started');
      return server.url;
    },
  };
}

/** What the transaction service does with each command it is sent. */
export function commandHandlers(context: TransactionContext): readonly Handler[] {
  const prepare = lockAhead(context);
  return [
    handle(DefineTransactionType, (unit, messages) => defineTransactionTypes(context, unit, messages)),
    handle(AllowBeneficiary, (unit, messages) => allowBeneficiaries(context, unit, messages)),
    handle(WithdrawBeneficiaryRule, (unit, messages) => withdrawBeneficiaryRules(context, unit, messages)),
    handle(QuoteTransfer, (unit, messages) => quoteTransfers(context, unit, messages)),
    { ...handle(SubmitTransfer, (unit, messages) => submitTransfers(context, unit, messages)), prepare },
    { ...handle(SubmitDeposit, (unit, messages) => submitDeposits(context, unit, messages)), prepare },
    {
      ...handle(SubmitBulk, (unit, messages) => submitBulks(context, unit, messages)),
      prepare,
      weigh: ({ value }) => (value as SubmitBulk).items.length,
    },
    handle(SubmitReversal, (unit, messages) => submitReversals(context, unit, messages)),
    { ...handle(SubmitWithdrawal, (unit, messages) => submitWithdrawals(context, unit, messages)), prepare },
    handle(CheckPayment, (unit, messages) => checkPayments(context, unit, messages)),
    handle(ImportSettlementFile, (unit, messages) => importSettlementFiles(context, unit, messages)),
    handle(ResolveBreak, (unit, messages) => resolveBreaks(context, unit, messages)),
    handle(ApproveBreakResolution, (unit, messages) => approveBreakResolutions(context, unit, messages)),
    handle(DefineFxRate, (unit, messages) => defineFxRates(context, unit, messages)),
    handle(RequestFxQuote, (unit, messages) => quoteRates(context, unit, messages)),
    { ...handle(ScheduleTransfer, (unit, messages) => scheduleTransfers(context, unit, messages)), prepare },
    handle(CancelScheduledTransfer, cancelScheduledTransfers),
  ];
}

/** What it does with each answer of the ledger. */
export function outcomeHandlers(context: TransactionContext): readonly Handler[] {
  return [
    handle(HoldPlaced, (unit, messages) => payOutWithdrawals(context, unit, messages)),
    handle(HoldDeclined, (unit, messages) => refuseWithdrawals(context, unit, messages)),
    handle(HoldCaptured, (unit, messages) => settleWithdrawals(context, unit, messages)),
    handle(HoldVoided, (unit, messages) => endWithdrawals(context, unit, messages)),
    handle(HoldOperationDeclined, (unit, messages) => onHoldOperationsDeclined(context, unit, messages)),
    handle(WalletStatusChanged, endSchedulesOfWallets),
    {
      ...handle(TransferPosted, (unit, messages) => settleTransactions(context, unit, messages)),
      isUnhurried: ({ value }) => paidByCustomers(value as TransferPosted) > 0,
    },
    handle(TransferDeclined, (unit, messages) => declineTransactions(context, unit, messages)),
    handle(TransferReversed, settleReversals),
    handle(ReversalDeclined, (unit, messages) => declineReversals(context, unit, messages)),
  ];
}
