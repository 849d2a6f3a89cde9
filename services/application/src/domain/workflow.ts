import { z } from 'zod';
import { conditionsSchema, pointerSchema } from './facts.js';

/** Fields of every step. A step whose `onlyIf` does not hold when its turn comes is skipped. */
const common = {
  name: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
  onlyIf: conditionsSchema.optional(),
};

/** What a provider is told: field → where its value comes from. */
const inputSchema = z.record(z.string().min(1), pointerSchema);

const reasonSchema = z.strictObject({ reason: z.string().min(1).max(100), when: conditionsSchema });

export const scoreRuleSchema = z.strictObject({
  name: z.string().min(1).max(100),
  points: z.number().int(),
  when: conditionsSchema,
});

export const decisionStepSchema = z.strictObject({
  ...common,
  kind: z.literal('decision'),
  /** The first that holds declines. */
  declineWhen: z.array(reasonSchema).default([]),
  /** The first that holds asks a person. */
  reviewWhen: z.array(reasonSchema).default([]),
  /** Approved from, declined below, a person decides in between. Without thresholds the rest is approved. */
  thresholds: z
    .strictObject({ fact: pointerSchema, approveFrom: z.number(), declineBelow: z.number() })
    .refine((t) => t.declineBelow <= t.approveFrom, 'declineBelow must not exceed approveFrom')
    .optional(),
});
export type DecisionStep = z.infer<typeof decisionStepSchema>;

export const scoreStepSchema = z.strictObject({
  ...common,
  kind: z.literal('score'),
  base: z.number().int().default(0),
  rules: z.array(scoreRuleSchema).max(200),
});
export type ScoreStep = z.infer<typeof scoreStepSchema>;

const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('validate') }),
  z.strictObject({ ...common, kind: z.literal('kyc'), input: inputSchema }),
  z.strictObject({ ...common, kind: z.literal('credit-bureau'), input: inputSchema }),
  scoreStepSchema,
  decisionStepSchema,
  z.strictObject({
    ...common,
    kind: z.literal('open-wallet'),
    walletType: z.string().min(1),
    walletName: z.string().max(100).optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('issue-card'), wallet: pointerSchema }),
  z.strictObject({ ...common, kind: z.literal('notify') }),
]);
export type WorkflowStep = z.infer<typeof stepSchema>;

/** How applications of a type are worked on: its steps, one after the other. */
export const workflowSchema = z
  .strictObject({ steps: z.array(stepSchema).min(1).max(50) })
  .refine(
    ({ steps }) => new Set(steps.map((step) => step.name)).size === steps.length,
    'step names must be unique',
  )
  .refine(
    ({ steps }) => steps.filter((step) => step.kind === 'decision').length <= 1,
    'there must be one decision at most',
  );
export type Workflow = z.infer<typeof workflowSchema>;
