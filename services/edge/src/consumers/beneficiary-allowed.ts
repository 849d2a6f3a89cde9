import type { BeneficiaryAllowed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectAllowedBeneficiaries } from '../db/project-allowed-beneficiaries.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { transactionRuleResource } from '../read-models/transaction-rule.js';
import { newestBy } from './newest-by.js';

export function onBeneficiaryAllowed(announcer: ProjectionAnnouncer): ApplyBatch<BeneficiaryAllowed> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.ruleId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectAllowedBeneficiaries(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'transaction-rule',
        id: row.id,
        final: true,
        representation: transactionRuleResource(row),
      })),
    );
  };
}
