import type { BeneficiaryRuleWithdrawn } from '@florin/contracts';
import { type ApplyBatch, RetryableError } from '@florin/messaging';
import { projectWithdrawnRules } from '../db/project-withdrawn-rules.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { transactionRuleResource } from '../read-models/transaction-rule.js';

export function onBeneficiaryRuleWithdrawn(
  announcer: ProjectionAnnouncer,
): ApplyBatch<BeneficiaryRuleWithdrawn> {
  return async (unit, messages) => {
    const rows = await projectWithdrawnRules(
      unit.tx,
      messages.map(({ value }) => value.ruleId),
    );
    const known = new Set(rows.map(({ id }) => id));
    for (const { value } of messages) {
      // BeneficiaryAllowed comes first on the same key: it is on a retry topic, and must not bring the rule back.
      if (!known.has(value.ruleId)) {
        throw new RetryableError('rule-not-allowed', `rule ${value.ruleId} is not allowed yet`);
      }
    }
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'transaction-rule-withdrawal',
        id: row.id,
        final: true,
        representation: transactionRuleResource(row),
      })),
    );
  };
}
