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
import { onTransactionTypeDefined } from './transaction-type-defined.js';
import { onWalletOpened } from './wallet-opened.js';
import { onWalletRefused } from './wallet-refused.js';
import { onWalletStatusChanged } from './wallet-status-changed.js';
import { onWalletTypeDefined } from './wallet-type-defined.js';

/** The projections of the edge: what each event changes in the read models. */
export function projections(
  announcer: ProjectionAnnouncer,
  replaySender: Pick<Job, 'wake'>,
  erasure: Parameters<typeof onCustomerErased>[0],
): readonly Handler[] {
  return [
    handle(CustomerErased, onCustomerErased(erasure)),
    handle(WalletTypeDefined, onWalletTypeDefined(announcer)),
    handle(WalletOpened, onWalletOpened(announcer)),
    handle(WalletRefused, onWalletRefused(announcer)),
    handle(WalletStatusChanged, onWalletStatusChanged(announcer)),
    handle(WalletStatusChangeRefused, onWalletStatusChangeRefused(announcer)),
    handle(CardIssued, onCardIssued(announcer)),
    handle(CardRefused, onCardRefused(announcer)),
    handle(CardStatusChanged, onCardStatusChanged(announcer)),
    handle(CardStatusChangeRefused, onCardStatusChangeRefused(announcer)),
    handle(HoldPlaced, onLedgerEntries()),
    handle(HoldIncremented, onLedgerEntries()),
    handle(HoldCaptured, onLedgerEntries()),
    handle(HoldVoided, onLedgerEntries()),
    handle(HoldExpired, onLedgerEntries()),
    handle(TransferReversed, onLedgerEntries()),
    handle(TransactionTypeDefined, onTransactionTypeDefined(announcer)),
    handle(BeneficiaryAllowed, onBeneficiaryAllowed(announcer)),
    handle(BeneficiaryRuleWithdrawn, onBeneficiaryRuleWithdrawn(announcer)),
    handle(TransactionCompleted, onTransactionCompleted(announcer)),
    handle(TransactionDeclined, onTransactionDeclined(announcer)),
    handle(ApplicationTypeDefined, onApplicationTypeDefined(announcer)),
    handle(ApplicationTypeRefused, onApplicationTypeRefused(announcer)),
    handle(ApplicationProgressed, onApplicationProgressed(announcer)),
    handle(NotificationCreated, onNotificationCreated),
    handle(NotificationDelivered, onNotificationDelivered),
    handle(ServiceReported, onServiceReported),
    handle(DeadLetterReplayed, onDeadLetterReplayed(replaySender)),
  ];
}
