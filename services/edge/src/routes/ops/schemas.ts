import { z } from 'zod';
import { instant } from '../fields.js';

export const deadLetterStatuses = ['pending', 'replaying', 'resolved', 'discarded'] as const;

/** Who cannot be the second of two operators. */
export const secondApproverRequired =
  '`second-approver-required`: the key of the author, one that it has made, or one that it was made with';

export const deadLetterSchema = z
  .object({
    id: z.uuid(),
    topic: z.string(),
    group: z.string(),
    partition: z.int(),
    offset: z.int(),
    key: z.string().nullable(),
    messageName: z.string().nullable(),
    errorCode: z.string(),
    errorMessage: z.string(),
    fingerprint: z.string(),
    attempts: z.int(),
    firstFailedAt: instant,
    lastFailedAt: instant,
    status: z.enum(deadLetterStatuses),
    resolution: z
      .enum(['applied', 'duplicate', 'superseded'])
      .nullable()
      .describe('superseded: the replay failed, and the message came back as a new dead letter.'),
    indexedAt: instant,
    discardedBy: z.string().nullable(),
    discardedAt: instant.nullable(),
    discardReason: z.string().nullable(),
    revision: z.int().describe('Newest edit; 0 is what the producer wrote.'),
    approvedRevision: z.int().describe('What a replay sends; none is sent while an edit awaits approval.'),
    parked: z.boolean().describe('Rules for auto-redrive have given up on it.'),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterDetailSchema = deadLetterSchema
  .extend({
    payload: z.unknown().describe('The decoded message; null when its bytes cannot be decoded.'),
    valueBase64: z.string().describe('The raw bytes.'),
    failure: z.unknown().describe('What else the failure headers said.'),
  })
  .meta({ id: 'DeadLetterDetail' });

export const revisionSchema = z
  .object({
    deadLetterId: z.uuid(),
    revision: z.int(),
    messageId: z.uuid().describe('Of the edited message; the inbox tells it from the original by that.'),
    status: z.enum(['approved', 'awaiting-approval']),
    payload: z.unknown(),
    diff: z
      .array(
        z.object({
          op: z.enum(['add', 'remove', 'replace']),
          path: z.string(),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
        }),
      )
      .describe('Against the newest approved revision when this one was made.'),
    reason: z.string(),
    needsSecondApprover: z.boolean(),
    createdBy: z.string(),
    createdAt: instant,
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
  })
  .meta({ id: 'Revision' });

export const operatorActionSchema = z
  .object({
    sequence: z.int(),
    id: z.uuid(),
    actor: z.string().describe('`key:` and the id of the API key, or `service:edge`.'),
    action: z.string(),
    subject: z.string(),
    reason: z.string().nullable(),
    detail: z.unknown(),
    occurredAt: instant,
    hash: z.string().describe('SHA-256 over this row and the hash before it.'),
  })
  .meta({ id: 'OperatorAction' });

export const replaySchema = z
  .object({
    id: z.uuid(),
    status: z.enum(['running', 'completed', 'aborted']),
    requestedBy: z.string(),
    selection: z.unknown(),
    reason: z.string().nullable(),
    ruleId: z.uuid().nullable().describe('The rule for auto-redrive that started it.'),
    dryRun: z.boolean(),
    canary: z.boolean(),
    ratePerSecond: z.int().nullable(),
    maxFailuresInRow: z.int(),
    createdAt: instant,
    abortedAt: instant.nullable(),
    abortReason: z
      .string()
      .nullable()
      .describe('`canary-failed`, `failures-in-a-row`, `breaker-open`, or what the operator said.'),
    counts: z.record(z.string(), z.int()).describe('How many items have which outcome.'),
    retrying: z
      .int()
      .describe('Of the pending ones, those whose first attempt failed: they take the retry topics.'),
    items: z
      .array(
        z.object({
          deadLetterId: z.uuid(),
          revision: z.int(),
          outcome: z.enum([
            'pending',
            'applied',
            'duplicate',
            'failed',
            'cancelled',
            'would-apply',
            'not-dry-runnable',
          ]),
          detail: z.string().nullable(),
        }),
      )
      .describe('Empty in lists, and when the call asked for the counts only.'),
  })
  .meta({ id: 'Replay' });
