import { isAllNull } from './array-literal.js';

/** Without dimensions. */
const emptyBytes = 12;
const headerBytes = 20;
const lengthBytes = 4;
const uuidBytes = 16;
const bigintBytes = 8;
const uuidOid = 2950;
const bigintOid = 20;
const two32 = 2 ** 32;

/** The code that PostgreSQL has for the same mistake. */
export class InvalidUuidError extends Error {
  readonly code = '22P02';
  readonly retryable = false;
  constructor() {
    super('a text that is no UUID was taken for one');
    this.name = 'InvalidUuidError';
  }
}

/**
 * A `uuid[]` in PostgreSQL's binary format, empty when all are null (`isAllNull`). Making it costs Node.js as much as an array
 * literal; PostgreSQL reads it in a third of the time.
 * @throws InvalidUuidError for what is neither of the form 8-4-4-4-12 nor 32 digits
 */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  return binaryArray(uuidOid, uuidBytes, values, writeUuid);
}

/** A `bigint[]` in the same form. The values are safe integers. */
export function bigintArray(values: readonly (number | null)[]): Buffer {
  return binaryArray(bigintOid, bigintBytes, values, writeBigint);
}

/**
 * As `array_recv` reads it: number of dimensions, whether there are nulls, type of the elements, size and lower bound of the only
 * dimension, and each element behind its length, which is -1 for NULL.
 */
function binaryArray<T>(
  oid: number,
  elementBytes: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  if (isAllNull(values)) return emptyArray(oid);
  const buffer = Buffer.allocUnsafe(headerBytes + values.length * (lengthBytes + elementBytes));
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = headerBytes;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as T | null;
    buffer.writeInt32BE(value === null ? -1 : elementBytes, at);
    at += lengthBytes;
    if (value === null) continue;
    write(buffer, value, at);
    at += elementBytes;
  }
  return buffer.subarray(0, at);
}

function emptyArray(oid: number): Buffer {
  const buffer = Buffer.alloc(emptyBytes);
  buffer.writeInt32BE(oid, 8);
  return buffer;
}

/** What each character of a UUID says; -1 for what is no digit. */
const digits = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  digits[digit.charCodeAt(0)] = value;
  digits[digit.toUpperCase().charCodeAt(0)] = value;
}
const dash = '-'.charCodeAt(0);

function writeUuid(buffer: Buffer, uuid: string, start: number): void {
  let at = start;
  const isDashed = uuid.length === 36;
  // All digits or'ed: it is negative when one of them is.
  let seen = isDashed || uuid.length === 32 ? 0 : -1;
  for (let i = 0; i < uuid.length; i += 2) {
    if (isDashed && (i === 8 || i === 13 || i === 18 || i === 23)) {
      if (uuid.charCodeAt(i) !== dash) seen = -1;
      i++;
    }
    const high = digits[uuid.charCodeAt(i)] ?? -1;
    const low = digits[uuid.charCodeAt(i + 1)] ?? -1;
    seen |= high | low;
    buffer[at++] = (high << 4) | low;
  }
  if (seen < 0) throw new InvalidUuidError();
}

function writeBigint(buffer: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
  const high = Math.floor(value / two32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * two32, at + 4);
}
