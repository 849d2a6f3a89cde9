import * as m from './generated/messages.js';
import type { MessageDefinition } from './message-definition.js';
import { type ConsumerGroup, consumerGroups } from './topology.js';

const groups: readonly ConsumerGroup[] = Object.values(consumerGroups);

// Commands come from more than one service; the events of a domain come from the one that owns it, those about
// operations from all but where it is said here.
const producersByName: Readonly<Record<string, readonly string[]>> = {
  [m.SubmitApplication.name]: ['edge'],
  [m.DefineApplicationType.name]: ['edge'],
  [m.DecideApplication.name]: ['edge'],
  [m.RunStep.name]: ['application'],
  [m.DefineWalletType.name]: ['edge'],
  [m.OpenWallet.name]: ['edge', 'application'],
  [m.IssueCard.name]: ['edge', 'application'],
  [m.ChangeWalletStatus.name]: ['edge'],
  [m.AuditLedger.name]: ['edge'],
  [m.ChangeCardStatus.name]: ['edge'],
  [m.PostTransfer.name]: ['transaction'],
  [m.PostDeposit.name]: ['transaction'],
  [m.PlaceHold.name]: ['transaction'],
  [m.IncrementHold.name]: ['transaction'],
  [m.CaptureHold.name]: ['transaction'],
  [m.VoidHold.name]: ['transaction'],
  [m.PostAdjustment.name]: ['transaction'],
  [m.ReverseTransfer.name]: ['transaction'],
  [m.PostBulk.name]: ['transaction'],
  [m.QuoteTransfer.name]: ['edge'],
  [m.SubmitTransfer.name]: ['edge', 'transaction'],
  [m.ScheduleTransfer.name]: ['edge'],
  [m.CancelScheduledTransfer.name]: ['edge'],
  [m.SubmitDeposit.name]: ['edge'],
  [m.SubmitReversal.name]: ['edge'],
  [m.DefineFxRate.name]: ['edge'],
  [m.RequestFxQuote.name]: ['edge'],
  [m.SubmitBulk.name]: ['edge'],
  [m.SubmitWithdrawal.name]: ['edge'],
  [m.CheckPayment.name]: ['edge'],
  [m.ImportSettlementFile.name]: ['edge'],
  [m.ResolveBreak.name]: ['edge'],
  [m.ApproveBreakResolution.name]: ['edge'],
  [m.DefineTransactionType.name]: ['edge'],
  [m.AllowBeneficiary.name]: ['edge'],
  [m.WithdrawBeneficiaryRule.name]: ['edge'],
  [m.DeliverNotification.name]: ['notification'],
  [m.LedgerFindingsReported.name]: ['edge'],
};

/** The services that send a message. With `consumerGroups` it makes the whole wiring of the platform. */
export function producersOf(message: MessageDefinition): readonly string[] {
  const [domain, kind] = message.topic.split('.');
  const named = producersByName[message.name];
  if (named || kind === 'commands') return named ?? [];
  // Every service reports how it is, and each group the outcome of what was replayed to it.
  if (domain === 'ops') return groups.map((group) => group.service);
  return [domain === 'customer' ? 'edge' : domain!];
}
