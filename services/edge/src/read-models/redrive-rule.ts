import type { RedriveRule } from '../db/generated/client.js';

export function redriveRuleResource({ createdAt, updatedAt, ...rule }: RedriveRule) {
  return { ...rule, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
