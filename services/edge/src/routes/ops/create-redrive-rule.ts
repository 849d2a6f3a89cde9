import { actorOf } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { createRedriveRule as create } from '../../ops/change-redrive-rule.js';
import { redriveRuleResource } from '../../read-models/redrive-rule.js';
import { defineRoute } from '../../route.js';
import { ruleDefaults, ruleFields, ruleSchema } from './redrive-rule-fields.js';

export const createRedriveRule = defineRoute({
  method: 'post',
  path: '/ops/v1/redrive-rules',
  operationId: 'createRedriveRule',
  summary: 'Create a rule for auto-redrive',
  description:
    'It needs a condition: `breaker`, `newVersion` or `minAgeSeconds`. A second rule of the name is a 409.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  body: ruleFields
    .partial()
    .required({ name: true })
    .meta({ examples: [{ name: 'kyc-again', group: 'application', breaker: 'kyc' }] }),
  responses: {
    201: { description: 'Created.', schema: ruleSchema, headers: ['Location'] },
    409: { description: '`redrive-rule-exists`' },
  },
  handler: async (context, { body, caller }) => {
    const id = uuidv7();
    await create(context, { id, actor: actorOf(caller), fields: { ...ruleDefaults, ...body } });
    const rule = await context.prisma.redriveRule.findUniqueOrThrow({ where: { id } });
    return {
      status: 201,
      body: redriveRuleResource(rule),
      headers: { Location: `/ops/v1/redrive-rules/${id}` },
    };
  },
});
