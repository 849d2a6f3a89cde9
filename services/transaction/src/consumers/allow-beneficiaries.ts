import { type AllowBeneficiary, BeneficiaryAllowed } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertBeneficiaryRules } from '../db/insert-beneficiary-rules.js';

/** A rule id that exists already, or comes twice in the batch, changes nothing and says nothing. */
export async function allowBeneficiaries(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<AllowBeneficiary>[],
): Promise<void> {
  const byId = new Map(messages.toReversed().map((message) => [message.value.ruleId, message]));
  const rules = [...byId.values()].map((message) => message.value);
  const allowed = await insertBeneficiaryRules(unit.tx, rules, new Date(context.clock.now()));
  for (const [ruleId, cause] of byId) {
    if (!allowed.has(ruleId)) continue;
    const { meta: _, ...rule } = cause.value;
    unit.send(BeneficiaryAllowed, ruleId, rule, { cause, aggregateVersion: 1 });
  }
}
