import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { notificationResource } from '../../read-models/notification.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { notificationSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    customerId: { type: 'uuid' },
    channel: { type: 'text' },
    template: { type: 'text', nullable: true },
    subject: { type: 'text', nullable: true },
    status: { type: 'text' },
    createdAt: { type: 'time' },
    deliveredAt: { type: 'time', nullable: true },
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
  query: listSchema(spec, notificationSchema),
  responses: pageResponse(notificationSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (customerId) => ({ customerId })),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.notification.findMany(args),
      present: notificationResource,
    }),
  }),
});
