import {
  ApplicationProgressed,
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  BeneficiaryAllowed,
  BeneficiaryRuleWithdrawn,
  CardIssued,
  CardRefused,
  CardStatusChanged,
  CardStatusChangeRefused,
  CustomerErased,
  DeadLetterReplayed,
  FxQuoted,
  FxQuoteRefused,
  FxQuoteUsed,
  FxRateDefined,
  HoldCaptured,
  HoldExpired,
  HoldIncremented,
  HoldPlaced,
  HoldVoided,
  type MessageDefinition,
  NotificationCreated,
  NotificationDelivered,
  ReconciliationBreakChanged,
  ScheduledTransferProgressed,
  ServiceReported,
  SettlementFileImported,
  TransactionDeclined,
  TransactionFailed,
  TransactionReversed,
  TransactionStalled,
  TransactionTypeDefined,
  TransferQuoted,
  TransferReversed,
  WalletOpened,
  WalletRefused,
  WalletStatusChanged,
  WalletStatusChangeRefused,
  WalletTypeDefined,
} from '@florin/contracts';
import { type Handler, handle, handleTogether } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import type { Job } from '@florin/runtime';
import type { FxQuoteEvent } from '../db/project-fx-quotes.js';
import type { EventRecorder } from '../events/event-recorder.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import type { ReadCache } from '../read-cache/read-cache.js';
import { onApplicationProgressed } from './application-progressed.js';
import { onApplicationTypeDefined } from './application-type-defined.js';
import { onApplicationTypeRefused } from './application-type-refused.js';
import { onBeneficiaryAllowed } from './beneficiary-allowed.js';
import { onBeneficiaryRuleWithdrawn } from './beneficiary-rule-withdrawn.js';
import { onCardIssued } from './card-issued.js';
import { onCardRefused } from './card-refused.js';
import { onCardStatusChanged } from './card-status-changed.js';
import { onCompletions } from './completions.js';
import { onCustomerErased } from './customer-erased.js';
import { onDeadLetterReplayed } from './dead-letter-replayed.js';
import { onFxQuoteChanged } from './fx-quote-changed.js';
import { onFxRateDefined } from './fx-rate-defined.js';
import { type LedgerEvent, onLedgerEntries } from './ledger-entries.js';
import { lockAhead } from './lock-ahead.js';
import { onNotificationCreated } from './notification-created.js';
import { onNotificationDelivered } from './notification-delivered.js';
import { onReconciliationBreakChanged } from './reconciliation-break-changed.js';
import { onScheduledTransferProgressed } from './scheduled-transfer-progressed.js';
import { onServiceReported } from './service-reported.js';
import { onSettlementFileImported } from './settlement-file-imported.js';
import { onCardStatusChangeRefused, onWalletStatusChangeRefused } from './status-change-refused.js';
import { onTransactionDeclined } from './transaction-declined.js';
import { onTransactionFailed } from './transaction-failed.js';
import { onTransactionReversed } from './transaction-reversed.js';
import { onTransactionStalled } from './transaction-stalled.js';
import { onTransactionTypeDefined } from './transaction-type-defined.js';
import { onTransferQuoted } from './transfer-quoted.js';
import { uncaching, walletsOfEntries } from './uncaching.js';
import { onWalletOpened } from './wallet-opened.js';
import { onWalletRefused } from './wallet-refused.js';
import { onWalletStatusChanged } from './wallet-status-changed.js';
import { onWalletTypeDefined } from './wallet-type-defined.js';

const ledgerEvents: readonly MessageDefinition<LedgerEvent>[] = [
  HoldPlaced,
  HoldIncremented,
  HoldCaptured,
  HoldVoided,
  HoldExpired,
  TransferReversed,
];

export interface ProjectionParts {
  readonly clock: Clock;
  readonly announcer: ProjectionAnnouncer;
  readonly events: EventRecorder;
  readonly replaySender: Pick<Job, 'wake'>;
  readonly cache: Pick<ReadCache, 'invalidate'>;
  readonly erasure: Omit<Parameters<typeof onCustomerErased>[0], 'cache'>;
}

/** The projections of the edge: what each event changes in the read models. */
export function projections({
  clock,
  announcer,
  events,
  replaySender,
  cache,
  erasure,
}: ProjectionParts): readonly Handler[] {
  const transaction = ({ transactionId }: { transactionId: string }) =>
    [{ kind: 'transaction', id: transactionId }] as const;
  const wallet = ({ walletId }: { walletId: string }) => [{ kind: 'wallet', id: walletId }] as const;
  const lockingWallets: readonly Handler[] = [
    handle(WalletOpened, uncaching(cache, onWalletOpened(announcer, events), wallet)),
    handle(WalletRefused, uncaching(cache, onWalletRefused(announcer, events), wallet)),
    handle(WalletStatusChanged, uncaching(cache, onWalletStatusChanged(announcer, events), wallet)),
    ...handleTogether<LedgerEvent>(
      ledgerEvents,
      uncaching<LedgerEvent>(cache, onLedgerEntries(events), walletsOfEntries),
    ),
    ...onCompletions({ announcer, events, cache }),
    // They lock transactions that the others may complete in another batch, behind their wallets.
    handle(TransactionReversed, uncaching(cache, onTransactionReversed(events), transaction)),
    handle(TransactionStalled, onTransactionStalled),
  ];
  return [
    ...lockingWallets.map((handler) => ({ ...handler, prepare: lockAhead })),
    handle(CustomerErased, onCustomerErased({ ...erasure, cache })),
    handle(WalletTypeDefined, onWalletTypeDefined(announcer)),
    handle(WalletStatusChangeRefused, onWalletStatusChangeRefused(announcer)),
    handle(CardIssued, onCardIssued(announcer, events)),
    handle(CardRefused, onCardRefused(announcer, events)),
    handle(CardStatusChanged, onCardStatusChanged(announcer, events)),
    handle(CardStatusChangeRefused, onCardStatusChangeRefused(announcer)),
    handle(TransactionTypeDefined, onTransactionTypeDefined(announcer)),
    handle(BeneficiaryAllowed, onBeneficiaryAllowed(announcer)),
    handle(BeneficiaryRuleWithdrawn, onBeneficiaryRuleWithdrawn(announcer)),
    handle(TransactionDeclined, uncaching(cache, onTransactionDeclined(announcer, events), transaction)),
    handle(TransactionFailed, uncaching(cache, onTransactionFailed(announcer, events), transaction)),
    handle(TransferQuoted, onTransferQuoted(announcer)),
    handle(FxRateDefined, onFxRateDefined(announcer)),
    ...handleTogether<FxQuoteEvent>(
      [FxQuoted, FxQuoteRefused, FxQuoteUsed],
      onFxQuoteChanged(announcer, clock),
    ),
    handle(ScheduledTransferProgressed, onScheduledTransferProgressed(announcer, events)),
    handle(ApplicationTypeDefined, onApplicationTypeDefined(announcer)),
    handle(ApplicationTypeRefused, onApplicationTypeRefused(announcer)),
    handle(ApplicationProgressed, onApplicationProgressed(announcer, events)),
    handle(SettlementFileImported, onSettlementFileImported(announcer)),
    handle(ReconciliationBreakChanged, onReconciliationBreakChanged),
    handle(NotificationCreated, onNotificationCreated(events)),
    handle(NotificationDelivered, onNotificationDelivered(events)),
    handle(ServiceReported, onServiceReported),
    handle(DeadLetterReplayed, onDeadLetterReplayed(replaySender)),
  ];
}
