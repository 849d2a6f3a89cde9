import {
  AllowBeneficiary,
  ApplicationProgressed,
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  AuditLedger,
  BeneficiaryAllowed,
  BeneficiaryRuleWithdrawn,
  type BodyOf,
  CancelScheduledTransfer,
  CardIssued,
  CardStatusChanged,
  CardStatusChangeRefused,
  ChangeCardStatus,
  ChangeWalletStatus,
  CheckPayment,
  CustomerErased,
  consumerGroups,
  DecideApplication,
  DefineApplicationType,
  DefineFxRate,
  DefineTransactionType,
  DefineWalletType,
  type Entry,
  FxQuoted,
  FxQuoteUsed,
  FxRateDefined,
  IssueCard,
  NotificationCreated,
  NotificationDelivered,
  OpenWallet,
  QuoteTransfer,
  RequestFxQuote,
  ScheduledTransferProgressed,
  ScheduleTransfer,
  SubmitApplication,
  SubmitBulk,
  SubmitDeposit,
  SubmitReversal,
  SubmitTransfer,
  SubmitWithdrawal,
  TransactionCompleted,
  TransactionDeclined,
  type TransactionOrigin,
  TransactionReversed,
  TransactionTypeDefined,
  TransferPosted,
  TransferQuoted,
  WalletOpened,
  WalletStatusChanged,
  WalletStatusChangeRefused,
  WalletTypeDefined,
  WithdrawBeneficiaryRule,
} from '@florin/contracts';
import { createDatabase, type Pool } from '@florin/database';
import { createMessaging, handle, type Messaging, PermanentError, type UnitOfWork } from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase } from '../../../test/env/test-database.js';

interface Account {
  posted: number;
  sequence: number;
  readonly currency: string;
}

/**
 * The other services as the edge sees them, over the real Kafka: they answer its commands with events. Nothing is
 * stored but balances in memory.
 */
export class PlatformDouble {
  readonly accounts = new Map<string, Account>();
  readonly transfers: SubmitTransfer[] = [];
  readonly deposits: SubmitDeposit[] = [];
  /** Payments that the provider has called back about. */
  readonly checkedPayments: string[] = [];
  /** Changes of the status of wallets that were asked for. */
  readonly statusChanges: ChangeWalletStatus[] = [];
  readonly erased: CustomerErased[] = [];
  /** Audits that were asked for. */
  readonly audits: AuditLedger[] = [];
  /** While set, transfers are received but not answered. */
  holdTransfers = false;
  /** While set, requests for another status are received but not answered. */
  holdStatusChanges = false;
  /** Reason why a wallet or card stays as it is, if it does. */
  statusRefusal: string | undefined;
  /** The only wallet that refuses, if not all do. */
  refusingWallet: string | undefined;
  /** While set, notifications fail for good. */
  refuseNotifications = false;
  /** Says what is wrong with a notification, if anything. */
  notificationFailure: (declined: TransactionDeclined) => Error | undefined = () => undefined;
  /** How many notifications were made; rolled back ones count as well. */
  notifications = 0;
  private readonly held: SubmitTransfer[] = [];
  private readonly quotes = new Map<string, BodyOf<FxQuoted>>();
  private readonly heldStatusChanges: ChangeWalletStatus[] = [];
  private statusVersion = 1;
  private readonly schedules = new Map<string, ScheduleTransfer>();
  private readonly typeVersions = new Map<string, number>();
  private readonly walletTypes = new Map<string, DefineWalletType>();

  private constructor(
    readonly messaging: Messaging,
    readonly pool: Pool,
    private readonly release: () => Promise<void>,
  ) {}

  static async create(topicPrefix: string): Promise<PlatformDouble> {
    const test = await createTestDatabase('wallet');
    const logger = createLogger({ service: 'double', level: 'silent' });
    const database = createDatabase({ url: test.url, applicationName: 'double', maxConnections: 5, logger });
    const messaging = createMessaging({
      service: 'double',
      kafka: {
        brokers: process.env.KAFKA_BROKERS!.split(','),
        topicPrefix,
        partitions: 2,
        replicationFactor: 1,
        retryDelays: ['100ms'],
      },
      schemaRegistryUrl: process.env.SCHEMA_REGISTRY_URL!,
      database,
      clock: systemClock,
      logger,
      metrics: createMetrics('double'),
    });
    const double = new PlatformDouble(messaging, database.pool, async () => {
      await messaging.stop();
      await database.close();
      await test.drop();
    });
    double.listen();
    return double;
  }

  /** Resolves when it is connected; at the same time as an edge is started, as services do. */
  start(): Promise<void> {
    return this.messaging.start();
  }

  close(): Promise<void> {
    return this.release();
  }

  /** Answers the transfers that were held back. */
  async releaseTransfers(): Promise<void> {
    this.holdTransfers = false;
    const held = this.held.splice(0);
    await this.messaging.transaction(async (unit) => {
      for (const transfer of held) this.settle(unit, transfer);
    });
  }

  /** Answers the changes of the status of wallets that were held back. */
  async releaseStatusChanges(): Promise<void> {
    this.holdStatusChanges = false;
    const held = this.heldStatusChanges.splice(0);
    await this.messaging.transaction(async (unit) => {
      for (const change of held) this.changeWalletStatus(unit, change);
    });
  }

  /** Opens a wallet that nobody waits for; returns its id. */
  async openLate(ownerId: string, walletType: string): Promise<string> {
    const walletId = uuidv7();
    const wallet = { walletId, ownerId, walletType, currency: 'USD', name: 'Late' };
    await this.messaging.transaction(async (unit) => {
      const balances = { posted: 0, held: 0, available: 0 };
      unit.send(WalletOpened, walletId, { ...wallet, ...balances }, { aggregateVersion: 1 });
    });
    return walletId;
  }

  private listen(): void {
    this.messaging.consume({
      group: consumerGroups.wallet,
      handlers: [
        handle(DefineWalletType, async (unit, messages) => {
          for (const cause of messages) {
            const { meta: _, ...type } = cause.value;
            this.walletTypes.set(type.code, cause.value);
            unit.send(WalletTypeDefined, type.code, type, { cause, aggregateVersion: 1 });
          }
        }),
        handle(OpenWallet, async (unit, messages) => {
          for (const cause of messages) {
            const { walletId, ownerId, walletType, name } = cause.value;
            const { currency } = this.walletTypes.get(walletType)!;
            this.accounts.set(walletId, { posted: 0, sequence: 0, currency });
            const balances = { posted: 0, held: 0, available: 0 };
            const body = { walletId, ownerId, walletType, currency, name: name ?? walletType, ...balances };
            unit.send(WalletOpened, walletId, body, { cause, aggregateVersion: 1 });
          }
        }),
        ...this.statusHandlers(),
        handle(IssueCard, async (unit, messages) => {
          for (const cause of messages) {
            const { meta: _, ...ids } = cause.value;
            const face = { cardToken: `crd_${ids.cardId}`, last4: '4242', expiryMonth: 12, expiryYear: 2030 };
            const body = { ...ids, ...face, branch: '0001', accountNumber: '12345678' };
            unit.send(CardIssued, ids.cardId, body, { cause, aggregateVersion: 1 });
          }
        }),
      ],
    });
    this.messaging.consume({ group: consumerGroups.transaction, handlers: this.transactionHandlers() });
    this.messaging.consume({ group: consumerGroups.transactionOutcomes, handlers: [] });
    this.messaging.consume({ group: consumerGroups.application, handlers: this.applicationHandlers() });
    this.messaging.consume({
      group: consumerGroups.notification,
      ordering: { 'transaction.events': 'key' },
      handlers: [
        handle(TransactionDeclined, async (unit, messages) => {
          if (this.refuseNotifications) throw new PermanentError('template-missing', 'there is no template');
          for (const cause of messages) {
            const failure = this.notificationFailure(cause.value);
            if (failure) throw failure;
            this.notifications++;
            const customerId = cause.value.sourceOwnerId!;
            const notificationId = uuidv7();
            const ids = { notificationId, customerId, channel: 'email' };
            const body = { ...ids, template: 'declined', subject: 'Declined' };
            unit.send(NotificationCreated, notificationId, body, { cause });
            unit.send(NotificationDelivered, notificationId, ids, { cause });
          }
        }),
      ],
    });
  }

  private statusHandlers() {
    return [
      handle(AuditLedger, async (_unit, messages) => {
        this.audits.push(...messages.map(({ value }) => value));
      }),
      handle(ChangeWalletStatus, async (unit, messages) => {
        for (const { value } of messages) {
          this.statusChanges.push(value);
          if (this.holdStatusChanges) this.heldStatusChanges.push(value);
          else this.changeWalletStatus(unit, value);
        }
      }),
      handle(ChangeCardStatus, async (unit, messages) => {
        for (const cause of this.holdStatusChanges ? [] : messages) {
          const { changeId, cardId, walletId, status, requestedBy: changedBy, reason } = cause.value;
          if (this.statusRefusal) {
            const body = { changeId, cardId, status, reason: this.statusRefusal };
            unit.send(CardStatusChangeRefused, cardId, body, { cause });
          } else {
            const body = { changeId, cardId, walletId, ownerId: uuidv7(), status, changedBy, reason };
            unit.send(CardStatusChanged, cardId, body, { cause, aggregateVersion: ++this.statusVersion });
          }
        }
      }),
    ];
  }

  private changeWalletStatus(unit: UnitOfWork, change: ChangeWalletStatus): void {
    const { changeId, walletId, status, reason } = change;
    if (this.statusRefusal && [undefined, walletId].includes(this.refusingWallet)) {
      unit.send(WalletStatusChangeRefused, walletId, {
        changeId,
        walletId,
        status,
        reason: this.statusRefusal,
      });
      return;
    }
    const body = { changeId, walletId, ownerId: uuidv7(), status, reason };
    unit.send(WalletStatusChanged, walletId, body, { aggregateVersion: ++this.statusVersion });
  }

  private transactionHandlers() {
    return [
      handle(DefineTransactionType, async (unit, messages) => {
        for (const cause of messages) {
          const { meta: _, ...type } = cause.value;
          const aggregateVersion = (this.typeVersions.get(type.code) ?? 0) + 1;
          this.typeVersions.set(type.code, aggregateVersion);
          unit.send(TransactionTypeDefined, type.code, type, { cause, aggregateVersion });
        }
      }),
      handle(AllowBeneficiary, async (unit, messages) => {
        for (const cause of messages) {
          const { meta: _, ...rule } = cause.value;
          unit.send(BeneficiaryAllowed, rule.ruleId, rule, { cause, aggregateVersion: 1 });
        }
      }),
      handle(WithdrawBeneficiaryRule, async (unit, messages) => {
        for (const cause of messages) {
          const { ruleId } = cause.value;
          unit.send(BeneficiaryRuleWithdrawn, ruleId, { ruleId }, { cause, aggregateVersion: 2 });
        }
      }),
      handle(SubmitDeposit, async (unit, messages) => {
        for (const { value } of messages) {
          this.deposits.push(value);
          const cashIn = { ...this.post(uuidv7(), -value.amount, value.currency) };
          const entries = [cashIn, this.post(value.walletId, value.amount, value.currency)];
          this.complete(unit, { ...value, type: 'deposit', destinationWalletId: value.walletId }, entries);
        }
      }),
      handle(DefineFxRate, async (unit, messages) => {
        for (const cause of messages) {
          const { meta: _, ...rate } = cause.value;
          const options = { cause, aggregateVersion: ++this.statusVersion };
          const definedAt = cause.value.meta.occurredAt;
          const event = { ...rate, definedAt, expiresAt: definedAt + 86_400_000 };
          unit.send(FxRateDefined, cause.key, event, options);
        }
      }),
      handle(RequestFxQuote, async (unit, messages) => {
        for (const cause of messages) {
          const { meta: _, ...quote } = cause.value;
          const terms = { rate: '0.92', destinationAmount: 92, expiresAt: 4_000_000_000_000 };
          this.quotes.set(quote.quoteId, { ...quote, ...terms });
          unit.send(FxQuoted, quote.quoteId, { ...quote, ...terms }, { cause, aggregateVersion: 1 });
        }
      }),
      handle(ScheduleTransfer, async (unit, messages) => {
        for (const { value } of messages) this.schedules.set(value.scheduledTransferId, value);
        for (const { value } of messages) {
          // What only the transaction service can know: others were made at the same time.
          const isRefused = value.description === 'one too many';
          this.progress(unit, value, isRefused ? 'cancelled' : 'active', 1);
        }
      }),
      handle(CancelScheduledTransfer, async (unit, messages) => {
        for (const { value } of messages) {
          const schedule = this.schedules.get(value.scheduledTransferId)!;
          // What only the transaction service can know: the last transfer was made before the cancellation came.
          const isTooLate = schedule.description === 'made before';
          this.progress(unit, schedule, isTooLate ? 'completed' : 'cancelled', 2);
        }
      }),
      handle(SubmitBulk, async (unit, messages) => {
        for (const { value } of messages) {
          const { meta, sourceOwnerId, sourceTimeZone, bulkId: id } = value;
          const unquoted = { quoteId: null, destinationCurrency: null };
          const common = { meta, sourceOwnerId, sourceTimeZone, ...unquoted, origin: { kind: 'bulk', id } };
          for (const item of value.items) this.settle(unit, { ...item, ...common });
        }
      }),
      handle(SubmitReversal, async (unit, messages) => {
        for (const { value } of messages) this.reverse(unit, value);
      }),
      handle(SubmitWithdrawal, async (unit, messages) => {
        for (const { value } of messages) {
          const cashOut = this.post(uuidv7(), value.amount, value.currency);
          const entries = [this.post(value.walletId, -value.amount, value.currency), cashOut];
          this.complete(
            unit,
            { ...value, type: 'withdrawal', sourceWalletId: value.walletId, sourceOwnerId: value.ownerId },
            entries,
          );
        }
      }),
      handle(CheckPayment, async (_unit, messages) => {
        this.checkedPayments.push(...messages.map(({ value }) => value.transactionId));
      }),
      handle(QuoteTransfer, async (unit, messages) => {
        for (const cause of messages) {
          const { quoteId, amount } = cause.value;
          const declineReason = amount > 1_000_000 ? 'limit-exceeded' : null;
          const fee = declineReason === null ? 7 : 0;
          const exchange = null;
          unit.send(TransferQuoted, quoteId, { quoteId, fee, declineReason, exchange }, { cause });
        }
      }),
      handle(SubmitTransfer, async (unit, messages) => {
        for (const { value } of messages) {
          this.transfers.push(value);
          if (this.holdTransfers) this.held.push(value);
          else this.settle(unit, value);
        }
      }),
    ];
  }

  private applicationHandlers() {
    const steps = [
      { name: 'review', status: 'waiting', attempts: 1, startedAt: 1_000, finishedAt: null, reason: null },
    ];
    const types = new Map<string, number>();
    const applications = new Map<string, { type: string; applicantId: string }>();
    return [
      handle(CustomerErased, async (_unit, messages) => {
        this.erased.push(...messages.map(({ value }) => value));
      }),
      handle(DefineApplicationType, async (unit, messages) => {
        for (const cause of messages) {
          const { meta: _, ...type } = cause.value;
          if (type.workflow.includes('"magic"')) {
            const refusal = { code: type.code, name: type.name, reason: 'workflow/steps/0/kind: is magic' };
            unit.send(ApplicationTypeRefused, type.code, refusal, { cause });
            continue;
          }
          const version = (types.get(type.code) ?? 0) + 1;
          types.set(type.code, version);
          const body = { ...type, version };
          unit.send(ApplicationTypeDefined, type.code, body, { cause, aggregateVersion: version });
        }
      }),
      handle(SubmitApplication, async (unit, messages) => {
        for (const cause of messages) {
          const { applicationId, type, applicantId } = cause.value;
          applications.set(applicationId, { type, applicantId });
          const undecided = {
            decisionOutcome: null,
            decisionReason: null,
            decidedBy: null,
            createdAt: 1_000,
          };
          const ids = { applicationId, type, applicantId, version: types.get(type)! };
          const body = { ...ids, status: 'waiting_for_decision', steps, ...undecided };
          unit.send(ApplicationProgressed, applicationId, body, { cause, aggregateVersion: 1 });
        }
      }),
      handle(DecideApplication, async (unit, messages) => {
        for (const cause of messages) {
          const { applicationId, outcome, reason, decidedBy } = cause.value;
          const { type, applicantId } = applications.get(applicationId)!;
          const decision = { decisionOutcome: outcome, decisionReason: reason, decidedBy, createdAt: 1_000 };
          const ids = { applicationId, type, applicantId, version: types.get(type)! };
          const body = { ...ids, status: outcome, steps, ...decision };
          unit.send(ApplicationProgressed, applicationId, body, { cause, aggregateVersion: 2 });
        }
      }),
    ];
  }

  private settle(unit: UnitOfWork, transfer: SubmitTransfer): void {
    const { sourceWalletId, destinationWalletId, amount, currency, quoteId, transactionId } = transfer;
    const quote = this.quotes.get(quoteId ?? '');
    if (quote) unit.send(FxQuoteUsed, transactionId, { ...quote, transactionId });
    if (this.accounts.get(sourceWalletId)!.posted < amount) {
      const { meta: _, ...rest } = transfer;
      const body = { ...rest, fee: 0, createdAt: 1_000, completedAt: Date.now(), hops: [] };
      const declined = { ...body, declineReason: 'insufficient-funds' };
      unit.send(TransactionDeclined, transactionId, declined);
      return;
    }
    const entries = [
      this.post(sourceWalletId, -amount, currency),
      this.post(destinationWalletId, amount, currency),
    ];
    const postedAt = Date.now();
    const posted = { transactionId, currency, postedAt, entries, exchange: null };
    unit.send(TransferPosted, transactionId, posted);
    this.complete(unit, transfer, entries, postedAt);
  }

  private progress(unit: UnitOfWork, schedule: ScheduleTransfer, status: string, version: number): void {
    const { meta: _, ...facts } = schedule;
    const isActive = status === 'active';
    const reason = version === 1 ? 'too-many-scheduled-transfers' : 'by-customer';
    const body = { ...facts, status, endReason: status === 'cancelled' ? reason : null, createdAt: 1_000 };
    const times = { nextRunAt: isActive ? 4_000_000_000_000 : null, occurrences: [] };
    const options = { aggregateVersion: version };
    unit.send(ScheduledTransferProgressed, facts.scheduledTransferId, { ...body, ...times }, options);
  }

  private reverse(unit: UnitOfWork, reversal: SubmitReversal): void {
    const { originalTransactionId: id, originalAmount, currency, reason: description } = reversal;
    const { sourceWalletId, sourceOwnerId, destinationWalletId, destinationOwnerId } = reversal;
    const amount = reversal.amount ?? originalAmount;
    const entries = [
      this.post(sourceWalletId!, -amount, currency),
      this.post(destinationWalletId!, amount, currency),
    ];
    const wallets = { sourceWalletId: sourceWalletId!, destinationWalletId: destinationWalletId! };
    const owners = { sourceOwnerId: sourceOwnerId!, destinationOwnerId: destinationOwnerId! };
    const facts = { transactionId: reversal.transactionId, type: 'reversal', amount, currency, description };
    this.complete(unit, { ...facts, ...wallets, ...owners, origin: { kind: 'transaction', id } }, entries);
    const body = { transactionId: id, amount: originalAmount, reversedAmount: amount, currency };
    unit.send(
      TransactionReversed,
      id,
      { ...body, sourceOwnerId, destinationOwnerId },
      { aggregateVersion: 3 },
    );
  }

  private post(walletId: string, amount: number, currency: string): Entry {
    const account = this.accounts.get(walletId) ?? { posted: 0, sequence: 0, currency };
    account.posted += amount;
    account.sequence += 1;
    this.accounts.set(walletId, account);
    const { posted, sequence } = account;
    return {
      entryId: uuidv7(),
      walletId,
      sequence,
      amount,
      heldChange: 0,
      posted,
      held: 0,
      available: posted,
    };
  }

  private complete(
    unit: UnitOfWork,
    transaction: Partial<SubmitTransfer> & {
      readonly transactionId: string;
      readonly type: string;
      readonly amount: number;
      readonly currency: string;
      readonly ownerId?: string;
      readonly origin?: TransactionOrigin | null;
    },
    entries: readonly Entry[],
    completedAt = Date.now(),
  ): void {
    unit.send(TransactionCompleted, transaction.transactionId, {
      hops: [],
      transactionId: transaction.transactionId,
      type: transaction.type,
      sourceWalletId: transaction.sourceWalletId ?? null,
      sourceOwnerId: transaction.sourceOwnerId ?? null,
      destinationWalletId: transaction.destinationWalletId ?? null,
      destinationOwnerId:
        transaction.destinationOwnerId ?? (transaction.destinationWalletId && transaction.ownerId) ?? null,
      amount: transaction.amount,
      fee: 0,
      currency: transaction.currency,
      description: transaction.description ?? null,
      createdAt: 1_000,
      completedAt,
      entries,
      exchange: null,
      origin: transaction.origin ?? null,
    });
  }
}
