export interface CardRow {
  readonly id: string;
  readonly walletId: string;
  readonly ownerId: string;
  readonly token: string | null;
  readonly last4: string | null;
  readonly expiryMonth: number | null;
  readonly expiryYear: number | null;
  readonly branch: string | null;
  readonly accountNumber: string | null;
  readonly status: string;
  readonly refusalReason: string | null;
  readonly createdAt: Date;
}

export function cardResource(row: CardRow) {
  return {
    id: row.id,
    walletId: row.walletId,
    ownerId: row.ownerId,
    token: row.token,
    last4: row.last4,
    expiryMonth: row.expiryMonth,
    expiryYear: row.expiryYear,
    branch: row.branch,
    accountNumber: row.accountNumber,
    status: row.status,
    ...(row.refusalReason === null ? {} : { refusalReason: row.refusalReason }),
    createdAt: row.createdAt.toISOString(),
  };
}
