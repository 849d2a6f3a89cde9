import { CsvError, parseCsv } from './parse-csv.js';

export type PaymentKind = 'charge' | 'refund' | 'payout';

/** A payment as the provider says it was settled. */
export interface SettlementLine {
  /** 1 is the first line below the header. */
  readonly lineNumber: number;
  readonly kind: PaymentKind;
  /** The provider's id of the payment. */
  readonly paymentId: string;
  /** Our id of it, as the provider has it; of a refund that of its charge. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** `succeeded`, `declined` or `pending`. */
  readonly status: string;
  readonly createdAt: Date;
}

/** The file cannot be read, so nothing of it is imported. */
export class SettlementFileError extends Error {
  constructor(readonly code: 'header-unknown' | 'line-invalid' | 'csv-malformed' | 'too-many-lines') {
    super(code);
    this.name = 'SettlementFileError';
  }
}

const columns = ['type', 'id', 'reference', 'amount', 'currency', 'status', 'createdAt'];
const kinds: readonly string[] = ['charge', 'refund', 'payout'] satisfies PaymentKind[];
/** As the provider answers calls. Another says nothing that could be compared, so that its line would settle nothing. */
const statuses: readonly string[] = ['succeeded', 'declined', 'pending'];
export const maxLines = 100_000;

/**
 * Reads a settlement file: a header with the columns in any order, more columns are ignored.
 * @throws SettlementFileError
 */
export function readSettlementFile(content: string): SettlementLine[] {
  const [header, ...records] = recordsOf(content.replace(/^\uFEFF/, ''));
  const places = columns.map((column) => header?.indexOf(column) ?? -1);
  if (places.includes(-1)) throw new SettlementFileError('header-unknown');
  if (records.length > maxLines) throw new SettlementFileError('too-many-lines');
  return records.map((record, i) => {
    const fields = places.map((place) => record[place] ?? '');
    return lineOf(i + 1, fields as [string, string, string, string, string, string, string]);
  });
}

function recordsOf(content: string): string[][] {
  try {
    return parseCsv(content);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SettlementFileError(error.code);
  }
}

type Fields = [
  kind: string,
  id: string,
  reference: string,
  amount: string,
  currency: string,
  status: string,
  at: string,
];

function lineOf(lineNumber: number, fields: Fields): SettlementLine {
  const [kind, paymentId, reference, amountText, currency, status, at] = fields;
  const amount = Number(amountText);
  const createdAt = new Date(at);
  const isValid =
    kinds.includes(kind) &&
    paymentId !== '' &&
    /^\d+$/.test(amountText) &&
    amount > 0 &&
    Number.isSafeInteger(amount) &&
    /^[A-Z]{3}$/.test(currency) &&
    statuses.includes(status) &&
    !Number.isNaN(createdAt.getTime()) &&
    fields.every((field) => field.length <= 200 && !field.includes('\0'));
  if (!isValid) throw new SettlementFileError('line-invalid');
  return {
    lineNumber,
    kind: kind as PaymentKind,
    paymentId,
    reference,
    amount,
    currency,
    status,
    createdAt,
  };
}
