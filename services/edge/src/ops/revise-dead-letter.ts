import { isDeepStrictEqual } from 'node:util';
import type { Database, Transaction } from '@florin/database';
import { Problem, validationFailed } from '@florin/http';
import { type Messaging, UnsendableMessageError } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { findRevision } from '../db/find-revision.js';
import { insertRevision } from '../db/insert-revision.js';
import { type LockedDeadLetter, lockDeadLetter } from '../db/lock-dead-letter.js';
import { type Change, diff, touchesMoney } from '../domain/revision.js';

type Payload = Readonly<Record<string, unknown>>;

export interface Edit {
  readonly deadLetterId: string;
  /** The revision that the operator has seen. */
  readonly baseRevision: number;
  readonly payload: Payload;
  readonly reason: string;
  readonly actor: string;
}

export interface ReviseTools {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
}

/**
 * Stores an edited message as the next revision of a dead letter; a replay then sends that one. It gets a message id
 * of its own, everything else of the envelope stays. The diff is made against what is approved, so that a chain of
 * harmless edits on top of one about money does not slip past the second approver.
 * @throws Problem 404, 409 `stale-revision` or `dead-letter-not-pending`, 422 `message-not-editable`, or 400 with the
 *   fields that do not fit the schema
 */
export function reviseDeadLetter({ database, messaging, clock }: ReviseTools, edit: Edit): Promise<number> {
  return database.transaction(async (tx) => {
    const letter = await lockDeadLetter(tx, edit.deadLetterId);
    refuseUnfit(letter, edit);
    const approved = await approvedPayload(tx, letter);
    const { meta, ...content } = edit.payload;
    const messageId = uuidv7();
    const originalMeta = approved.meta as Payload;
    refuseEnvelopeEdit(meta, originalMeta, messageId);
    const payload = { meta: { ...originalMeta, messageId }, ...content };
    const { meta: _, ...approvedContent } = approved;
    const value = encode(messaging, letter.messageName!, payload, Object.keys(approved));
    const changes = diff(approvedContent, content);
    if (changes.length === 0 && letter.revision === letter.approvedRevision) {
      throw new Problem(422, 'nothing-changed', 'The payload is what a replay would send anyway.');
    }
    const revision = letter.revision + 1;
    const needsSecondApprover = touchesMoney(changes);
    const { deadLetterId, reason, actor } = edit;
    const now = new Date(clock.now());
    const own = { revision, messageId, needsSecondApprover };
    await insertRevision(tx, {
      ...own,
      deadLetterId,
      payload,
      value,
      diff: changes,
      reason,
      createdBy: actor,
      createdAt: now,
    });
    await appendOperatorActions(tx, [
      {
        actor,
        action: 'revision.create',
        subject: deadLetterId,
        reason,
        detail: { ...own, changed: changes.map(({ path }: Change) => path) },
        occurredAt: now,
      },
    ]);
    return revision;
  });
}

function refuseUnfit(letter: LockedDeadLetter, { baseRevision }: Edit): void {
  if (letter.status !== 'pending') {
    throw new Problem(409, 'dead-letter-not-pending', `Dead letter ${letter.id} is ${letter.status}.`);
  }
  if (letter.messageName === null || letter.payload === null) {
    throw new Problem(422, 'message-not-editable', 'The bytes of this dead letter cannot be decoded.');
  }
  if (letter.revision !== baseRevision) {
    const detail = `Revision ${letter.revision} is newer than ${baseRevision}: look at it first.`;
    throw new Problem(409, 'stale-revision', detail);
  }
}

async function approvedPayload(tx: Transaction, letter: LockedDeadLetter): Promise<Payload> {
  if (letter.approvedRevision === 0) return letter.payload as Payload;
  const approved = await findRevision(tx, letter.id, letter.approvedRevision);
  return approved!.payload as Payload;
}

/** Leaving the envelope out is as good as sending it back as it was; the message id is new in any case. */
function refuseEnvelopeEdit(meta: unknown, original: Payload, messageId: string): void {
  if (meta === undefined) return;
  const sent = typeof meta === 'object' && meta !== null ? { ...meta, messageId } : meta;
  if (isDeepStrictEqual(sent, { ...original, messageId })) return;
  throw validationFailed([
    { pointer: '/payload/meta', detail: 'The envelope of a message cannot be edited.' },
  ]);
}

/** The codec names no field that there is not, so that the `known` ones of the message as it was tell which it is. */
function encode(
  messaging: Messaging,
  messageName: string,
  payload: Payload,
  known: readonly string[],
): Buffer {
  try {
    const encoded = messaging.encode(messageName, payload);
    if ('bytes' in encoded) return encoded.bytes;
    const unknown = Object.keys(payload).filter((field) => !known.includes(field));
    throw validationFailed(
      encoded.misfits
        .flatMap((path) => (path === '' && unknown.length > 0 ? unknown : [path.replaceAll('.', '/')]))
        .map((path) => ({
          pointer: path === '' ? '/payload' : `/payload/${path}`,
          detail: `This does not fit the schema of ${messageName}.`,
        })),
    );
  } catch (error) {
    if (error instanceof UnsendableMessageError)
      throw new Problem(422, 'message-not-editable', error.message);
    throw error;
  }
}
