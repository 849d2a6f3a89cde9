import { BeneficiaryRuleWithdrawn, type WithdrawBeneficiaryRule } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { withdrawBeneficiaryRules as withdraw } from '../db/withdraw-beneficiary-rules.js';

/** A rule that is not in force changes nothing and says nothing. */
export async function withdrawBeneficiaryRules(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<WithdrawBeneficiaryRule>[],
): Promise<void> {
  const causes = new Map(messages.map((message) => [message.value.ruleId, message]));
  const withdrawn = await withdraw(unit.tx, [...causes.keys()], new Date(context.clock.now()));
  for (const ruleId of withdrawn) {
    const cause = causes.get(ruleId)!;
    unit.send(BeneficiaryRuleWithdrawn, ruleId, { ruleId }, { cause, aggregateVersion: 2 });
  }
}
