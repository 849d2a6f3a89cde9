import { isDeepStrictEqual } from 'node:util';
import { DefineApplicationType } from '@florin/contracts';
import { Problem, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingApplicationTypes } from '../../db/insert-pending-application-types.js';
import { checkSchema } from '../../domain/application-data.js';
import { pendingRow } from '../../ingress/submission.js';
import { applicationTypeId, applicationTypeResource } from '../../read-models/application-type.js';
import { defineRoute } from '../../route.js';
import { code, name } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { applicationTypeSchema } from '../resources.js';

/** The frame of a workflow; what the steps of each kind need is known to the application service. */
const workflow = z
  .looseObject({
    steps: z
      .array(z.looseObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/), kind: z.string().min(1) }))
      .min(1)
      .max(50),
  })
  .refine(({ steps }) => new Set(steps.map((step) => step.name)).size === steps.length, {
    path: ['steps'],
    message: 'Two steps have the same name.',
  });

export const createApplicationType = defineRoute({
  method: 'post',
  path: '/v1/application-types',
  operationId: 'createApplicationType',
  summary: 'Define an application type, or a new version of it',
  description:
    'An existing code with other content becomes its next version; with the same content it is a conflict.',
  tags: ['Applications'],
  access: { scope: 'application-types:write' },
  body: z.strictObject({
    code: code.meta({ example: 'current-account' }),
    name: name.meta({ example: 'Current account' }),
    schema: z
      .record(z.string(), z.unknown())
      .describe(
        'JSON Schema 2020-12 of the data. Patterns are those of RE2, without references back and looking around. Lists in the data ' +
          'have up to 1,000 items.',
      ),
    workflow,
  }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(applicationTypeSchema),
    409: {
      description:
        '`application-type-exists`, `application-type-changed`: its latest version is the same, or another version is being ' +
        'defined at the same time: try again',
    },
    422: {
      description:
        '`application-type-invalid`: the schema or the workflow makes no sense; `detail` says where',
    },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/application-types', keyRequired: false }, async () => {
      const { code, name, schema, workflow } = request.body;
      const violations = checkSchema(schema);
      if (violations.length > 0) {
        throw validationFailed(violations.map((v) => ({ ...v, pointer: `/schema${v.pointer}` })));
      }
      const latest = await context.prisma.applicationType.findFirst({
        where: { code, status: 'active' },
        orderBy: { version: 'desc' },
      });
      if (
        latest &&
        isDeepStrictEqual([latest.name, latest.schema, latest.workflow], [name, schema, workflow])
      ) {
        throw new Problem(409, 'application-type-exists', 'This version of the type exists already.');
      }
      const version = (latest?.version ?? 0) + 1;
      const id = applicationTypeId(code, version);
      const createdAt = new Date(context.clock.now());
      const definition = { id, code, version, name, schema, workflow };
      // The answer to an earlier attempt at this version may still be on its way; it must not be taken for that to this.
      const correlationId = uuidv7();
      const row = { ...definition, correlationId, status: 'pending', refusalReason: null, createdAt };
      const body = { code, name, schema: JSON.stringify(schema), workflow: JSON.stringify(workflow) };
      return {
        resource: { kind: 'application-type', id },
        pending: pendingRow(insertPendingApplicationTypes, row),
        send: (unit, options) => unit.send(DefineApplicationType, code, body, { ...options, correlationId }),
        representation: applicationTypeResource(row),
        conflict: new Problem(
          409,
          'application-type-changed',
          'Another version of the type is being defined at the same time. Try again.',
        ),
      };
    }),
});
