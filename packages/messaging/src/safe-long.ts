import avsc from 'avsc';

/** Below this avsc's own arithmetic is exact. */
const plainLimit = 2 ** 51;
/** Ten groups of seven bits hold any 64-bit integer. */
const maxBytes = 10;

/** Where avsc is in the bytes that it reads or writes. One may write past their end: avsc looks afterwards whether they were enough. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  writeLong(value: number): void;
}

/**
 * Avro `long` for every safe integer, ±(2^53 − 1). The type that comes with avsc stops one short of it and loses the
 * lowest bit of negative numbers beyond −2^52, which is their sign: −5·10^15 comes back as +5·10^15. For the debit of
 * a large amount that will not do. Zig-zag, then groups of seven bits, least significant first (Avro 1.9, "Binary
 * encoding").
 *
 * These are the methods that every type of avsc has. Its own way to other longs (`LongType.__with`) hands over a Buffer for each of them,
 * which took a tenth of the time that the wallet service needs for a transfer.
 */
class SafeLong extends avsc.types.LongType {
  _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: avsc.Type) => void): boolean {
    const isValid = Number.isSafeInteger(value);
    if (!isValid) hook?.(value, this);
    return isValid;
  }

  _read(tap: Tap): number {
    const start = tap.pos;
    const value = tap.readLong();
    const isPlain = value > -plainLimit && value < plainLimit;
    return isPlain ? value : readLarge(tap.buf.subarray(start, tap.pos));
  }

  _write(tap: Tap, value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError('a long is no safe integer');
    if (value > -plainLimit && value < plainLimit) tap.writeLong(value);
    else writeLarge(tap, BigInt(value));
  }
}

export const safeLong = new SafeLong();

function writeLarge(tap: Tap, value: bigint): void {
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  while (rest > 0x7fn) {
    tap.buf[tap.pos++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  tap.buf[tap.pos++] = Number(rest);
}

/** @throws RangeError when another program wrote an integer that a number cannot hold */
function readLarge(bytes: Buffer): number {
  if (bytes.length > maxBytes) throw new RangeError('a long has more than 64 bits');
  let zigZag = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) zigZag = (zigZag << 7n) | BigInt(bytes[i]! & 0x7f);
  const value = Number(zigZag & 1n ? -((zigZag + 1n) >> 1n) : zigZag >> 1n);
  if (!Number.isSafeInteger(value)) throw new RangeError('a long exceeds 2^53 − 1');
  return value;
}
