import { AllowBeneficiary } from '@florin/contracts';
import { Problem, type ProblemError, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { insertPendingTransactionRules } from '../../db/insert-pending-transaction-rules.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { transactionRuleResource } from '../../read-models/transaction-rule.js';
import { defineRoute } from '../../route.js';
import { code } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionRuleSchema } from '../resources.js';

const ruleBody = z.strictObject({
  transactionType: code,
  sourceWalletType: code,
  destinationWalletType: code,
});

export const createTransactionRule = defineRoute({
  method: 'post',
  path: '/v1/transaction-rules',
  operationId: 'createTransactionRule',
  summary: 'Allow wallets of one type to pay wallets of another',
  tags: ['Transactions'],
  access: { scope: 'transaction-rules:write' },
  body: ruleBody,
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionRuleSchema),
    409: { description: '`transaction-rule-exists`' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/transaction-rules', keyRequired: false }, async () => {
      await refuseUnknownTypes(context, request.body);
      const id = uuidv7();
      const row = { id, ...request.body, status: 'pending', createdAt: new Date(context.clock.now()) };
      return {
        resource: { kind: 'transaction-rule', id },
        pending: pendingRow(insertPendingTransactionRules, row),
        send: command(AllowBeneficiary, id, { ruleId: id, ...request.body }),
        representation: transactionRuleResource(row),
        conflict: new Problem(409, 'transaction-rule-exists', 'This rule is in force already.'),
      };
    }),
});

async function refuseUnknownTypes({ prisma }: EdgeContext, rule: z.infer<typeof ruleBody>): Promise<void> {
  const [transactionType, walletTypes] = await Promise.all([
    prisma.transactionType.findFirst({ where: { code: rule.transactionType, status: 'active' } }),
    prisma.walletType.findMany({
      where: { code: { in: [rule.sourceWalletType, rule.destinationWalletType] }, status: 'active' },
    }),
  ]);
  const errors: ProblemError[] = [];
  if (!transactionType) {
    errors.push({ pointer: '/transactionType', detail: 'There is no such transaction type.' });
  }
  for (const field of ['sourceWalletType', 'destinationWalletType'] as const) {
    if (walletTypes.some((type) => type.code === rule[field])) continue;
    errors.push({ pointer: `/${field}`, detail: 'There is no such wallet type.' });
  }
  if (errors.length > 0) throw validationFailed(errors);
}
