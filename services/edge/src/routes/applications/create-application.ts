import { SubmitApplication } from '@florin/contracts';
import { Problem, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingApplications } from '../../db/insert-pending-applications.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { type ApplicationRow, applicationResource } from '../../read-models/application.js';
import { defineRoute } from '../../route.js';
import { code } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { applicationSchema } from '../resources.js';

/** The data travels in a message; files belong to the documents of an application. */
const maxDataBytes = 256 * 1024;

export const createApplication = defineRoute({
  method: 'post',
  path: '/v1/applications',
  operationId: 'createApplication',
  summary: 'Apply for something',
  description: 'The call waits for the end of the workflow, or until a person has to decide.',
  tags: ['Applications'],
  access: 'customer',
  body: z.strictObject({
    type: code.meta({ example: 'credit-card' }),
    data: z.record(z.string(), z.unknown()),
  }),
  claimsKey: true,
  responses: outcomeResponses(applicationSchema),
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/applications', keyRequired: false }, async () => {
      const { body, caller } = request;
      const type = await context.prisma.applicationType.findFirst({
        where: { code: body.type, current: true },
      });
      if (!type) throw validationFailed([{ pointer: '/type', detail: 'There is no such application type.' }]);
      const violations = context.applicationData.check(type.id, type.schema, body.data);
      if (violations.length > 0) {
        throw validationFailed(violations.map((v) => ({ ...v, pointer: `/data${v.pointer}` })));
      }
      const data = JSON.stringify(body.data);
      if (Buffer.byteLength(data) > maxDataBytes) {
        throw new Problem(413, 'body-too-large', 'The data of an application exceeds 256 KiB.');
      }
      const id = uuidv7();
      const row: ApplicationRow = {
        id,
        type: type.code,
        version: type.version,
        applicantId: caller.customerId,
        status: 'pending',
        steps: [],
        decisionOutcome: null,
        decisionReason: null,
        decidedBy: null,
        createdAt: new Date(context.clock.now()),
      };
      return {
        resource: { kind: 'application', id },
        pending: pendingRow(insertPendingApplications, row),
        send: command(SubmitApplication, id, {
          applicationId: id,
          type: type.code,
          applicantId: caller.customerId,
          data,
        }),
        representation: applicationResource(row),
      };
    }),
});
