import { genesisHash, markBytes, markOf, nextHash } from './entry-chain.js';
import { type Finding, findingOf } from './finding.js';

export interface ChainEntry {
  readonly entryId: string;
  readonly sequence: number;
  readonly amount: number;
  readonly heldChange: number;
  readonly posted: number;
  readonly held: number;
  readonly digest: Buffer;
}

export interface Seal {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly hash: Buffer;
  readonly marks: Buffer;
}

/**
 * Verifies the entries of one wallet, fed in their sequence, against its seals: each entry against its mark, each
 * stretch against the hash of its seal, and all of them against the arithmetic of their running balances. What is not
 * sealed yet has only the arithmetic.
 */
export class ChainVerifier {
  readonly findings: Finding[] = [];
  private expected = 1;
  private posted = 0;
  private held = 0;
  private hash: Buffer;
  private seal = 0;
  private isArithmeticBroken = false;
  private isSealSuspect = false;

  constructor(
    private readonly walletId: string,
    private readonly seals: readonly Seal[],
  ) {
    this.hash = genesisHash(walletId);
  }

  push(entry: ChainEntry): void {
    const { sequence, entryId } = entry;
    if (sequence < this.expected) {
      this.find('entry-added', `entry ${sequence} is there twice`, { sequence, entryId });
      return;
    }
    this.missUntil(sequence);
    this.checkMark(entry);
    this.checkArithmetic(entry);
    this.hash = nextHash(this.hash, entry.digest);
    this.expected = sequence + 1;
    this.closeSeals();
  }

  /** To be called after the last entry, with the wallet as it is. */
  finish(wallet: { readonly sequence: number; readonly posted: number; readonly held: number }): void {
    this.missUntil(Math.max(wallet.sequence, this.seals.at(-1)?.lastSequence ?? 0) + 1);
    if (this.isArithmeticBroken) return;
    if (this.expected > wallet.sequence + 1) {
      this.find('balance-differs-from-entries', `the wallet has forgotten entries after ${wallet.sequence}`);
    } else if (wallet.posted !== this.posted || wallet.held !== this.held) {
      const is = `posted ${wallet.posted}, held ${wallet.held}`;
      this.find('balance-differs-from-entries', `${is}; the entries say ${this.posted}, ${this.held}`);
    }
  }

  private missUntil(sequence: number): void {
    for (; this.expected < sequence; this.expected++) {
      this.find('entry-missing', `entry ${this.expected} is not there`, { sequence: this.expected });
      this.isSealSuspect = true;
      this.isArithmeticBroken = true;
      this.closeSeals();
    }
  }

  private checkMark({ sequence, entryId, digest }: ChainEntry): void {
    const seal = this.seals[this.seal];
    if (!seal || sequence < seal.firstSequence) return;
    const at = (sequence - seal.firstSequence) * markBytes;
    if (markOf(digest).equals(seal.marks.subarray(at, at + markBytes))) return;
    this.isSealSuspect = true;
    this.isArithmeticBroken = true;
    this.find('entry-changed', `entry ${sequence} is not the one that was sealed`, { sequence, entryId });
  }

  /** Only the first break is told: the entries behind it cannot agree with it. */
  private checkArithmetic(entry: ChainEntry): void {
    const { sequence, entryId } = entry;
    const follows =
      entry.posted === this.posted + entry.amount && entry.held === this.held + entry.heldChange;
    if (!follows && !this.isArithmeticBroken) {
      this.isArithmeticBroken = true;
      const detail = `the balances after entry ${sequence} do not follow from those before it`;
      this.find('entries-do-not-follow', detail, { sequence, entryId });
    }
    this.posted = entry.posted;
    this.held = entry.held;
  }

  /** A chain that is broken by an entry goes on with the hash of the seal, so that later seals are told on their own. */
  private closeSeals(): void {
    for (
      let seal = this.seals[this.seal];
      seal && this.expected > seal.lastSequence;
      seal = this.seals[++this.seal]
    ) {
      if (!this.hash.equals(seal.hash) && !this.isSealSuspect) {
        this.find(
          'seal-changed',
          `the seal of entries ${seal.firstSequence} to ${seal.lastSequence} is broken`,
          {
            sequence: seal.lastSequence,
          },
        );
      }
      this.hash = seal.hash;
      this.isSealSuspect = false;
    }
  }

  private find(
    check: Finding['check'],
    detail: string,
    entry: { readonly sequence?: number; readonly entryId?: string } = {},
  ): void {
    this.findings.push(findingOf(check, this.walletId, detail, entry));
  }
}
