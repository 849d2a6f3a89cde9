/** A row of `transactions` as `TransactionRow` names its columns. */
export const transactionColumns = `
  id, type, status, decline_reason AS "declineReason", amount, fee, currency, reversed_amount AS "reversedAmount",
  source_wallet_id AS "sourceWalletId", source_owner_id AS "sourceOwnerId",
  destination_wallet_id AS "destinationWalletId", destination_owner_id AS "destinationOwnerId", description,
  created_at AS "createdAt", completed_at AS "completedAt",
  origin_kind AS "originKind", origin_id AS "originId",
  exchange_currency AS "exchangeCurrency", exchange_amount AS "exchangeAmount", exchange_rate AS "exchangeRate"`;
