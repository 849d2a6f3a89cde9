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
  HoldCaptured,
  HoldExpired,
  HoldIncremented,
  HoldPlaced,
  HoldVoided,
  NotificationCreated,
  NotificationDelivered,
  ServiceReported,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionReversed,
  TransactionTypeDefined,
  TransferReversed,
  WalletOpened,
  WalletRefused,
  WalletStatusChanged,
  WalletStatusChangeRefused,
  WalletTypeDefined,
} from '@florin/contracts';
import { type Handler, handle } from '@florin/messaging';
import type { Job } from '@florin/runtime';
import type { EventRecorder } from '../events/event-recorder.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { onApplicationProgressed } from './application-progressed.js';
import { onApplicationTypeDefined } from './application-type-defined.js';
import { onApplicationTypeRefused } from './application-type-refused.js';
import { onBeneficiaryAllowed } from './beneficiary-allowed.js';
import { onBeneficiaryRuleWithdrawn } from './beneficiary-rule-withdrawn.js';
import { onCardIssued } from './card-issued.js';
import { onCardRefused } from './card-refused.js';
import { onCardStatusChanged } from './card-status-changed.js';
import { onCustomerErased } from './customer-erased.js';
import { onDeadLetterReplayed } from './dead-letter-replayed.js';
import { onLedgerEntries } from './ledger-entries.js';
import { onNotificationCreated } from './notification-created.js';
import { onNotificationDelivered } from './notification-delivered.js';
import { onServiceReported } from './service-reported.js';
import { onCardStatusChangeRefused, onWalletStatusChangeRefused } from './status-change-refused.js';
import { onTransactionCompleted } from './transaction-completed.js';
import { onTransactionDeclined } from './transaction-declined.js';
import { onTransactionFailed } from './transaction-failed.js';
import { onTransactionReversed } from './transaction-reversed.js';
import { onTransactionTypeDefined } from './transaction-type-defined.js';
import { onWalletOpened } from './wallet-opened.js';
import { onWalletRefused } from './wallet-refused.js';
import { onWalletStatusChanged } from './wallet-status-changed.js';
import { onWalletTypeDefined } from './wallet-type-defined.js';

export interface ProjectionParts {
  readonly announcer: ProjectionAnnouncer;
  readonly events: EventRecorder;
  readonly replaySender: Pick<Job, 'wake'>;
  readonly erasure: Parameters<typeof onCustomerErased>[0];
}

/** The projections of the edge: what each event changes in the read models. */
export function projections({
  announcer,
  events,
  replaySender,
  erasure,
}: ProjectionParts): readonly Handler[] {
  return [
    handle(CustomerErased, onCustomerErased(erasure)),
    handle(WalletTypeDefined, onWalletTypeDefined(announcer)),
    handle(WalletOpened, onWalletOpened(announcer, events)),
    handle(WalletRefused, onWalletRefused(announcer, events)),
    handle(WalletStatusChanged, onWalletStatusChanged(announcer, events)),
    handle(WalletStatusChangeRefused, onWalletStatusChangeRefused(announcer)),
    handle(CardIssued, onCardIssued(announcer, events)),
    handle(CardRefused, onCardRefused(announcer, events)),
    handle(CardStatusChanged, onCardStatusChanged(announcer, events)),
    handle(CardStatusChangeRefused, onCardStatusChangeRefused(announcer)),
    handle(HoldPlaced, onLedgerEntries(events)),
    handle(HoldIncremented, onLedgerEntries(events)),
    handle(HoldCaptured, onLedgerEntries(events)),
    handle(HoldVoided, onLedgerEntries(events)),
    handle(HoldExpired, onLedgerEntries(events)),
    handle(TransferReversed, onLedgerEntries(events)),
    handle(TransactionTypeDefined, onTransactionTypeDefined(announcer)),
    handle(BeneficiaryAllowed, onBeneficiaryAllowed(announcer)),
    handle(BeneficiaryRuleWithdrawn, onBeneficiaryRuleWithdrawn(announcer)),
    handle(TransactionCompleted, onTransactionCompleted(announcer, events)),
    handle(TransactionDeclined, onTransactionDeclined(announcer, events)),
    handle(TransactionFailed, onTransactionFailed(announcer, events)),
    handle(TransactionReversed, onTransactionReversed(events)),
    handle(ApplicationTypeDefined, onApplicationTypeDefined(announcer)),
    handle(ApplicationTypeRefused, onApplicationTypeRefused(announcer)),
    handle(ApplicationProgressed, onApplicationProgressed(announcer, events)),
    handle(NotificationCreated, onNotificationCreated(events)),
    handle(NotificationDelivered, onNotificationDelivered(events)),
    handle(ServiceReported, onServiceReported),
    handle(DeadLetterReplayed, onDeadLetterReplayed(replaySender)),
  ];
}
