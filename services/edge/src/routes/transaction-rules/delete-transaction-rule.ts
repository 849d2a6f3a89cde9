import { WithdrawBeneficiaryRule } from '@florin/contracts';
import { notFound } from '@florin/http';
import { command } from '../../ingress/submission.js';
import { transactionRuleResource } from '../../read-models/transaction-rule.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { transactionRuleSchema } from '../resources.js';

export const deleteTransactionRule = defineRoute({
  method: 'delete',
  path: '/v1/transaction-rules/{id}',
  operationId: 'deleteTransactionRule',
  summary: 'Withdraw a beneficiary rule',
  tags: ['Transactions'],
  access: { scope: 'transaction-rules:write' },
  params: idParams,
  claimsKey: true,
  responses: {
    202: { description: 'Accepted, not done yet.', schema: transactionRuleSchema },
    204: { description: 'Withdrawn.' },
  },
  handler: async (context, request) => {
    const { id } = request.params;
    const call = { route: 'DELETE /v1/transaction-rules/{id}', keyRequired: false };
    const reply = await context.ingress.accept(request, call, async () => {
      const rule = await context.prisma.transactionRule.findUnique({ where: { id } });
      if (!rule || rule.status === 'withdrawn') throw notFound('transaction rule');
      return {
        resource: { kind: 'transaction-rule-withdrawal', id },
        send: command(WithdrawBeneficiaryRule, id, { ruleId: id }),
        representation: transactionRuleResource(rule),
      };
    });
    return reply.status === 201 ? { status: 204 } : reply;
  },
});
