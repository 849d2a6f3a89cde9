export interface TransactionRuleRow {
  readonly id: string;
  readonly transactionType: string;
  readonly sourceWalletType: string;
  readonly destinationWalletType: string;
  readonly status: string;
  readonly createdAt: Date;
}

export function transactionRuleResource(row: TransactionRuleRow) {
  return {
    id: row.id,
    transactionType: row.transactionType,
    sourceWalletType: row.sourceWalletType,
    destinationWalletType: row.destinationWalletType,
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}
