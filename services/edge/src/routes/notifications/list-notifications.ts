import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { notificationResource } from '../../read-models/notification.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { notificationSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    customerId: { type: 'uuid' },
    channel: { type: 'text' },
    template: { type: 'text' },
    subject: { type: 'text' },
    status: { type: 'text' },
    createdAt: { type: 'time', sortable: true },
    deliveredAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listNotifications = defineRoute({
  method: 'get',
  path: '/v1/notifications',
  operationId: 'listNotifications',
  summary: 'List notifications',
  tags: ['Notifications'],
  access: { customerOrScope: 'notifications:read' },
  query: listSchema(spec),
  responses: pageResponse(notificationSchema),
  handler: async ({ prisma }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (customerId) => ({ customerId })),
      find: (args) => prisma.notification.findMany(args),
      present: notificationResource,
    }),
  }),
});
