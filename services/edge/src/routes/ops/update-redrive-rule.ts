import { actorOf, notFound } from '@florin/http';
import { changeRedriveRule } from '../../ops/change-redrive-rule.js';
import { redriveRuleResource } from '../../read-models/redrive-rule.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { ruleFields, ruleSchema } from './redrive-rule-fields.js';

export const updateRedriveRule = defineRoute({
  method: 'patch',
  path: '/ops/v1/redrive-rules/{id}',
  operationId: 'updateRedriveRule',
  summary: 'Change a rule for auto-redrive, enable or disable it',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: idParams,
  body: ruleFields.partial(),
  responses: { ...oneResponse(ruleSchema), 409: { description: '`redrive-rule-exists`' } },
  handler: async (context, { params, body, caller }) => {
    await changeRedriveRule(context, { id: params.id, actor: actorOf(caller), fields: body });
    const rule = await context.prisma.redriveRule.findUnique({ where: { id: params.id } });
    if (!rule) throw notFound('redrive rule');
    return { status: 200, body: redriveRuleResource(rule) };
  },
});
