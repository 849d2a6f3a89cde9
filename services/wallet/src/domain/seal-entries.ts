import { genesisHash, markOf, nextHash } from './entry-chain.js';
import { groupBy } from './group-by.js';

export interface EntryToSeal {
  readonly walletId: string;
  readonly sequence: number;
  readonly digest: Buffer;
  readonly postedAt: string;
  readonly sealedSequence: number | null;
  readonly sealedHash: Buffer | null;
}

export interface SealOfEntries {
  readonly walletId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstPostedAt: string;
  readonly lastPostedAt: string;
  readonly hash: Buffer;
  readonly marks: Buffer;
}

/**
 * Seals entries that come wallet by wallet in their sequence. A wallet whose entries do not follow its last seal without
 * a gap is left out and named: what is wrong must not be sealed.
 */
export function sealEntries(entries: readonly EntryToSeal[]): {
  readonly seals: readonly SealOfEntries[];
  readonly broken: readonly string[];
} {
  const seals: SealOfEntries[] = [];
  const broken: string[] = [];
  for (const [walletId, own] of groupBy(entries, (entry) => entry.walletId)) {
    const [first, last] = [own[0]!, own.at(-1)!];
    const expected = (first.sealedSequence ?? 0) + 1;
    if (own.some((entry, i) => entry.sequence !== expected + i)) {
      broken.push(walletId);
      continue;
    }
    seals.push({
      walletId,
      firstSequence: first.sequence,
      lastSequence: last.sequence,
      firstPostedAt: first.postedAt,
      lastPostedAt: last.postedAt,
      hash: own.reduce(
        (hash, { digest }) => nextHash(hash, digest),
        first.sealedHash ?? genesisHash(walletId),
      ),
      marks: Buffer.concat(own.map(({ digest }) => markOf(digest))),
    });
  }
  return { seals, broken };
}
