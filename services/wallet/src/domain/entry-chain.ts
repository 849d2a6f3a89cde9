import { createHash } from 'node:crypto';

/**
 * The hash chain of a wallet: h(0) = SHA-256("florin entry chain 1" ‖ wallet id), h(n) = SHA-256(h(n−1) ‖ digest of
 * entry n). The digest of an entry is the SHA-256 of its canonical encoding, see `db/entry-digest.ts`.
 */
export const markBytes = 8;
const prefix = 'florin entry chain 1';

export function genesisHash(walletId: string): Buffer {
  return sha256(Buffer.from(prefix, 'utf8'), uuidBytes(walletId));
}

export function nextHash(hash: Buffer, digest: Buffer): Buffer {
  return sha256(hash, digest);
}

/** What is kept of each digest, to tell which entry of a broken seal was changed. */
export function markOf(digest: Buffer): Buffer {
  return digest.subarray(0, markBytes);
}

export interface SealFact {
  readonly walletId: string;
  readonly lastSequence: number;
  readonly hash: Buffer;
}

/** The hash of a run: the hash of the run before, then wallet, last sequence and hash of each seal in their order. */
export class RunHash {
  private readonly hash = createHash('sha256');

  constructor(previous: Buffer | undefined) {
    this.hash.update(previous ?? Buffer.alloc(32));
  }

  add({ walletId, lastSequence, hash }: SealFact): void {
    const sequence = Buffer.alloc(8);
    sequence.writeBigInt64BE(BigInt(lastSequence));
    this.hash.update(uuidBytes(walletId)).update(sequence).update(hash);
  }

  digest(): Buffer {
    return this.hash.digest();
  }
}

export function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
