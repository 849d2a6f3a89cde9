import * as m from './generated/messages.js';
import type { MessageDefinition } from './message-definition.js';

/** What the key of a Kafka record is. Messages of one key keep their order. */
export interface RecordKey {
  /** The field of the message that holds it; undefined when it is made otherwise. */
  readonly field?: string;
  readonly description: string;
}

const holdsWallet = 'The id of the wallet that the hold is on.';
const pair = 'Both currencies, as in `USD-EUR`.';

// What is done to a wallet is keyed by the wallet, and what was asked of a hold or a transaction is told in its order.
const keysByName: Readonly<Record<string, RecordKey>> = {
  [m.ChangeCardStatus.name]: inField('walletId'),
  [m.ChangeWalletStatus.name]: inField('walletId'),
  [m.IssueCard.name]: inField('walletId'),
  [m.PlaceHold.name]: inField('walletId'),
  [m.PostDeposit.name]: inField('walletId'),
  [m.PostTransfer.name]: inField('sourceWalletId'),
  [m.IncrementHold.name]: { description: holdsWallet },
  [m.CaptureHold.name]: { description: holdsWallet },
  [m.VoidHold.name]: { description: holdsWallet },
  [m.PostBulk.name]: { description: 'The `sourceWalletId` of the first item.' },
  [m.PostAdjustment.name]: {
    description:
      '`sourceWalletId`, or `destinationWalletId`, or `transactionId`: the first that is not null.',
  },
  [m.ReverseTransfer.name]: {
    description: 'The id of the wallet that gives back; `transactionId` when there is none.',
  },
  [m.QuoteTransfer.name]: { description: 'The id of the wallet that would pay.' },
  [m.DefineFxRate.name]: { description: pair },
  [m.FxRateDefined.name]: { description: pair },
  [m.FxQuoteUsed.name]: inField('transactionId'),
  [m.WalletStatusChanged.name]: inField('walletId'),
  [m.WalletStatusChangeRefused.name]: inField('walletId'),
  [m.CardStatusChanged.name]: inField('cardId'),
  [m.CardStatusChangeRefused.name]: inField('cardId'),
  [m.HoldIncremented.name]: inField('holdId'),
  [m.HoldCaptured.name]: inField('holdId'),
  [m.HoldVoided.name]: inField('holdId'),
  [m.HoldOperationDeclined.name]: inField('holdId'),
  [m.TransferReversed.name]: inField('originalTransactionId'),
  [m.ReversalDeclined.name]: inField('originalTransactionId'),
  [m.BalancesAudited.name]: { description: 'The `walletId` of the first balance.' },
  [m.DeadLetterReplayed.name]: inField('deadLetterId'),
};

/** The key that a message is sent with: mostly the id or code it begins with, which is that of its aggregate. */
export function recordKeyOf(message: MessageDefinition): RecordKey {
  return keysByName[message.name] ?? inField(firstFieldOf(message));
}

function inField(field: string): RecordKey {
  return { field, description: `\`${field}\` of the message.` };
}

function firstFieldOf({ schema }: MessageDefinition): string {
  const { fields } = JSON.parse(schema) as { readonly fields: readonly { readonly name: string }[] };
  return fields.find(({ name }) => name !== 'meta')!.name;
}
