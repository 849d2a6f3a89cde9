import { notFound } from '@florin/http';
import { applicationResource } from '../../read-models/application.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee, oneResponse } from '../replies.js';
import { applicationSchema } from '../resources.js';

export const getApplication = defineRoute({
  method: 'get',
  path: '/v1/applications/{id}',
  operationId: 'getApplication',
  summary: 'Get an application',
  tags: ['Applications'],
  access: { customerOrScope: 'applications:read' },
  params: idParams,
  responses: oneResponse(applicationSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const application = await prisma.application.findUnique({ where: { id: params.id } });
    if (!application || !maySee(caller, [application.applicantId])) throw notFound('application');
    return { status: 200, body: applicationResource(application) };
  },
});
