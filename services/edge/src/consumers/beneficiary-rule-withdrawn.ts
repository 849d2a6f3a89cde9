import type { BeneficiaryRuleWithdrawn } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
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
    unit.afterCommit(() =>
      announcer.announce(
        rows.map((row) => ({
          kind: 'transaction-rule-withdrawal',
          id: row.id,
          final: true,
          representation: transactionRuleResource(row),
        })),
      ),
    );
  };
}
