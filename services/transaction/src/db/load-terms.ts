import { type Transaction, textArrayLiteral } from '@florin/database';
import type { Terms } from '../domain/admission.js';
import { allWallets, type Limits } from '../domain/limits.js';

/**
 * What decides about a transaction. A side is null when the money comes from outside or leaves, which needs no rule; the
 * limits of wallet types are then those of the other side.
 */
export interface TermsKey {
  readonly type: string;
  readonly sourceWalletType: string | null;
  readonly destinationWalletType: string | null;
}

interface Row {
  known: boolean;
  fee_flat: number;
  fee_basis_points: number;
  limit_per_transaction: number | null;
  limit_daily_amount: number | null;
  limit_daily_count: number | null;
  wallet_type_limits: Limits | null;
  version: number;
  allowed: boolean;
}

/**
 * The terms for each key, in the order of the keys; undefined where the type is unknown. Read for every batch and
 * never cached: a change of a type or a rule is in force on every instance with the commit that made it.
 */
export async function loadTerms(
  tx: Transaction,
  keys: readonly TermsKey[],
): Promise<readonly (Terms | undefined)[]> {
  // A batch has few types of transactions and of wallets.
  const named = keys.map((key) => [nameOf(key), key] as const);
  const distinct = new Map(named);
  const found = await loadDistinct(tx, [...distinct.values()]);
  const terms = new Map([...distinct.keys()].map((name, i) => [name, found[i]]));
  return named.map(([name]) => terms.get(name));
}

const nameOf = ({ type, sourceWalletType, destinationWalletType }: TermsKey): string =>
  JSON.stringify([type, sourceWalletType, destinationWalletType]);

async function loadDistinct(
  tx: Transaction,
  keys: readonly TermsKey[],
): Promise<readonly (Terms | undefined)[]> {
  const { rows } = await tx.query<Row>({
    name: 'load-terms',
    text: `SELECT t.code IS NOT NULL AS known, t.fee_flat, t.fee_basis_points, t.limit_per_transaction,
                  t.limit_daily_amount, t.limit_daily_count, t.version,
                  t.wallet_type_limits -> coalesce(u.source, u.destination) AS wallet_type_limits,
                  u.source IS NULL OR u.destination IS NULL OR EXISTS (
                    SELECT 1 FROM beneficiary_rules r
                     WHERE r.transaction_type = u.type AND r.source_wallet_type = u.source
                       AND r.destination_wallet_type = u.destination AND r.withdrawn_at IS NULL) AS allowed
             FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (type, source, destination, position)
                  LEFT JOIN transaction_types t ON t.code = u.type
            ORDER BY u.position`,
    values: [
      textArrayLiteral(keys.map((key) => key.type)),
      textArrayLiteral(keys.map((key) => key.sourceWalletType)),
      textArrayLiteral(keys.map((key) => key.destinationWalletType)),
    ],
  });
  return rows.map((row, i) => (row.known ? termsOf(row, limitedTypeOf(keys[i]!)) : undefined));
}

/** Type of the wallet of the customer whose limits count. */
function limitedTypeOf({ sourceWalletType, destinationWalletType }: TermsKey): string | null {
  return sourceWalletType ?? destinationWalletType;
}

function termsOf(row: Row, walletType: string | null): Terms {
  const limits = new Map<string, Limits>([
    [
      allWallets,
      {
        perTransaction: row.limit_per_transaction,
        dailyAmount: row.limit_daily_amount,
        dailyCount: row.limit_daily_count,
      },
    ],
  ]);
  if (walletType !== null && row.wallet_type_limits) limits.set(walletType, row.wallet_type_limits);
  return {
    fee: { flat: row.fee_flat, basisPoints: row.fee_basis_points },
    limits,
    isBeneficiaryAllowed: row.allowed,
    version: row.version,
  };
}
