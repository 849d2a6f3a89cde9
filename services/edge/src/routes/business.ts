import type { Route } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { createApplicationType } from './application-types/create-application-type.js';
import { listApplicationTypes } from './application-types/list-application-types.js';
import { createApplication } from './applications/create-application.js';
import { decideApplication } from './applications/decide-application.js';
import { getApplication } from './applications/get-application.js';
import { listApplications } from './applications/list-applications.js';
import { createBulk } from './bulks/create-bulk.js';
import { getBulk } from './bulks/get-bulk.js';
import { cancelCard, freezeCard, unfreezeCard } from './cards/change-card-status.js';
import { createCard } from './cards/create-card.js';
import { getCard } from './cards/get-card.js';
import { listCards } from './cards/list-cards.js';
import { streamEvents } from './events/stream-events.js';
import { createFxQuote } from './fx/create-fx-quote.js';
import { createFxRate } from './fx/create-fx-rate.js';
import { getFxQuote } from './fx/get-fx-quote.js';
import { listFxRates } from './fx/list-fx-rates.js';
import { listNotifications } from './notifications/list-notifications.js';
import { createDeposit } from './payments/create-deposit.js';
import { createWithdrawal } from './payments/create-withdrawal.js';
import { receivePspCallback } from './payments/receive-psp-callback.js';
import { cancelScheduledTransfer } from './scheduled-transfers/cancel-scheduled-transfer.js';
import { createScheduledTransfer } from './scheduled-transfers/create-scheduled-transfer.js';
import { getScheduledTransfer } from './scheduled-transfers/get-scheduled-transfer.js';
import { listOccurrences } from './scheduled-transfers/list-occurrences.js';
import { listScheduledTransfers } from './scheduled-transfers/list-scheduled-transfers.js';
import { createTransactionRule } from './transaction-rules/create-transaction-rule.js';
import { deleteTransactionRule } from './transaction-rules/delete-transaction-rule.js';
import { listTransactionRules } from './transaction-rules/list-transaction-rules.js';
import { createTransactionType } from './transaction-types/create-transaction-type.js';
import { listTransactionTypes } from './transaction-types/list-transaction-types.js';
import { createReversal } from './transactions/create-reversal.js';
import { createTransaction } from './transactions/create-transaction.js';
import { getTransaction } from './transactions/get-transaction.js';
import { getTransactionTimeline } from './transactions/get-transaction-timeline.js';
import { listTransactions } from './transactions/list-transactions.js';
import { createWalletType } from './wallet-types/create-wallet-type.js';
import { listWalletTypes } from './wallet-types/list-wallet-types.js';
import { closeWallet, freezeWallet, unfreezeWallet } from './wallets/change-wallet-status.js';
import { createWallet } from './wallets/create-wallet.js';
import { getBalance } from './wallets/get-balance.js';
import { getStatement } from './wallets/get-statement.js';
import { getWallet } from './wallets/get-wallet.js';
import { listWallets } from './wallets/list-wallets.js';

/** Wallets, cards, transactions, applications and notifications. */
export const businessRoutes: readonly Route<EdgeContext>[] = [
  createWalletType,
  listWalletTypes,
  createWallet,
  listWallets,
  getWallet,
  getBalance,
  getStatement,
  freezeWallet,
  unfreezeWallet,
  closeWallet,
  createCard,
  listCards,
  getCard,
  freezeCard,
  unfreezeCard,
  cancelCard,
  createTransactionType,
  listTransactionTypes,
  createTransactionRule,
  listTransactionRules,
  deleteTransactionRule,
  createTransaction,
  listTransactions,
  getTransaction,
  createReversal,
  createBulk,
  getBulk,
  getTransactionTimeline,
  createFxRate,
  listFxRates,
  createFxQuote,
  getFxQuote,
  createScheduledTransfer,
  listScheduledTransfers,
  getScheduledTransfer,
  listOccurrences,
  cancelScheduledTransfer,
  createDeposit,
  createWithdrawal,
  receivePspCallback,
  createApplicationType,
  listApplicationTypes,
  createApplication,
  listApplications,
  getApplication,
  decideApplication,
  listNotifications,
  streamEvents,
];
