import { maxLines } from '../templates/movements.js';
import type { AddressedNotice, Notice } from './movement-notice.js';

/** A customer gets so many mails about movements at once; after that one more in each interval. */
export const mailsAtOnce = 10;
export const mailIntervalMs = 60_000;

/** What is kept of a customer: how often he was written to, and how much he is still to be told. */
export interface Digest {
  readonly customerId: string;
  /** When all of `mailsAtOnce` will be there again, in milliseconds since the Unix epoch. */
  readonly fullAt: number;
  /** When the waiting movements are told; null while none wait. */
  readonly dueAt: number | null;
  /** The first event that waits. */
  readonly eventId: string | null;
  readonly movements: number;
}

/** A digest that can be told. */
export interface WaitingDigest extends Digest {
  /** The first movements that wait. */
  readonly lines: readonly Notice[];
}

export interface Decision {
  /** What is told in a mail of its own, now. */
  readonly now: readonly AddressedNotice[];
  readonly digest: Digest;
  /** What comes to the lines of the digest. */
  readonly lines: readonly Notice[];
}

/**
 * Tells a customer of each movement at once, until there are too many of them: then they wait, and are told together.
 * Nobody reads a hundred mails a minute, and no provider of mail would carry them.
 */
export function decideNotices(digest: Digest, notices: readonly AddressedNotice[], now: number): Decision {
  // Behind movements that wait, later ones wait as well, so that they are told in their order.
  const free = digest.dueAt === null ? mailsFree(digest.fullAt, now) : 0;
  const told = notices.slice(0, free);
  const waiting = notices.slice(free);
  const fullAt = told.length === 0 ? digest.fullAt : afterMails(digest.fullAt, told.length, now);
  if (waiting.length === 0) return { now: told, digest: { ...digest, fullAt }, lines: [] };
  return {
    now: told,
    digest: {
      customerId: digest.customerId,
      fullAt,
      dueAt: digest.dueAt ?? nextMailAt(fullAt),
      eventId: digest.eventId ?? waiting[0]!.eventId,
      movements: digest.movements + waiting.length,
    },
    lines: waiting.slice(0, Math.max(0, maxLines - digest.movements)).map(({ notice }) => notice),
  };
}

/** What is left when the waiting movements have been told. */
export function afterDigest({ customerId, fullAt }: Digest, now: number): Digest {
  return { customerId, fullAt: afterMails(fullAt, 1, now), dueAt: null, eventId: null, movements: 0 };
}

/** The generic cell rate algorithm (ITU-T I.371): a token bucket in one instant. */
function mailsFree(fullAt: number, now: number): number {
  return Math.max(0, Math.floor(mailsAtOnce - Math.max(0, fullAt - now) / mailIntervalMs));
}

function afterMails(fullAt: number, mails: number, now: number): number {
  return Math.max(fullAt, now) + mails * mailIntervalMs;
}

function nextMailAt(fullAt: number): number {
  return fullAt - (mailsAtOnce - 1) * mailIntervalMs;
}
