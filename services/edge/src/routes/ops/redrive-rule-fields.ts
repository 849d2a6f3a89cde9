import { z } from 'zod';
import { code, instant } from '../fields.js';

const anyOf = z.string().max(300).trim().min(1).nullable();
const seconds = z.int().min(1).max(31_536_000);

/** What an operator may say about a rule. */
export const ruleFields = z.strictObject({
  name: code,
  description: z.string().max(500).trim(),
  enabled: z.boolean(),
  group: anyOf.describe('Consumer group that failed; null for any.'),
  topic: anyOf.describe('Dead-letter topic; null for any.'),
  messageName: anyOf.describe('Full name of the message; null for any.'),
  errorCode: anyOf.describe('Error code; `sms-provider-*` is every code that begins so; null for any.'),
  fingerprint: anyOf.describe('One cause of failure; null for any.'),
  breaker: z
    .string()
    .max(100)
    .trim()
    .min(1)
    .nullable()
    .describe('Replays when the breaker of this provider has been closed for `stableSeconds`.'),
  newVersion: z
    .boolean()
    .describe(
      'Replays what failed in another version of the service than runs now, and has alone for `stableSeconds`.',
    ),
  minAgeSeconds: seconds.nullable().describe('Replays what failed at least so long ago.'),
  maxAgeSeconds: seconds.nullable().describe('Leaves alone what failed for the first time longer ago.'),
  stableSeconds: z.int().min(0).max(86_400),
  canary: z.boolean(),
  ratePerSecond: z.int().min(1).max(10_000).nullable(),
  maxRedrivesPerLetter: z.int().min(1).max(100).describe('After so many a letter is parked.'),
  maxLettersPerHour: z.int().min(1).max(100_000),
  backoffSeconds: seconds.describe('Wait after a failure; doubles with each, to a day.'),
});

/** Given for a new rule where the operator says nothing. */
export const ruleDefaults = {
  description: '',
  enabled: true,
  group: null,
  topic: null,
  messageName: null,
  errorCode: null,
  fingerprint: null,
  breaker: null,
  newVersion: false,
  minAgeSeconds: null,
  maxAgeSeconds: null,
  stableSeconds: 30,
  canary: true,
  ratePerSecond: null,
  maxRedrivesPerLetter: 3,
  maxLettersPerHour: 1_000,
  backoffSeconds: 300,
} as const;

export const ruleSchema = ruleFields
  .extend({
    id: z.uuid(),
    updatedBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'RedriveRule' });

export const ruleReportSchema = ruleSchema
  .extend({
    obstacles: z.array(z.string()).describe('Why it does not replay, or not more, at this moment.'),
    due: z.int().describe('Letters it would replay now.'),
    waiting: z.int().describe('Letters it is about that have to wait.'),
    exhausted: z.int().describe('Letters it is about to park.'),
  })
  .meta({ id: 'RedriveRuleReport' });
