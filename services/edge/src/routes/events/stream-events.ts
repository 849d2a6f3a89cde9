import { actorOf, type Caller } from '@florin/http';
import { z } from 'zod';
import { clientEventTypes } from '../../events/client-event.js';
import { streamedEvent } from '../../events/streamed-event.js';
import { defineRoute } from '../../route.js';
import { uuid } from '../fields.js';

const access = { customerOrScope: 'events:read' } as const;

const eventId = z.string().regex(/^\d{1,15}$/, 'The id of an event.');
const knownTypes: ReadonlySet<string> = new Set(clientEventTypes);
const types = z
  .string()
  .max(500)
  .refine((text) => text.split(',').every((type) => knownTypes.has(type)), 'Types, separated by commas.')
  .meta({ description: `Only events of these types, separated by commas: ${clientEventTypes.join(', ')}.` });

const query = z.strictObject({
  lastEventId: eventId.optional().meta({ description: 'As `Last-Event-ID`, which wins.' }),
  types: types.optional(),
  ownerId: uuid.optional().meta({ description: 'For API keys: only events of this customer.' }),
});

export const streamEvents = defineRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'streamEvents',
  summary: 'Listen to what becomes of own objects',
  description: `Server-sent events about wallets, transactions, cards, applications and notifications of the caller; an
API key hears of everyone's. Each \`data\` is a CloudEvent 1.0 in JSON whose own \`data\` is what GET gives. The stream begins
with the next event, or behind \`Last-Event-ID\`: nothing is lost and nothing comes twice. Events are kept for a week, counted
from the first time that one listens; behind an older id the answer is 410 \`events-gone\`. When the token expires, the
stream ends with an event \`closed\`.`,
  tags: ['Events'],
  access,
  query,
  headers: z.object({ 'Last-Event-ID': eventId.optional() }),
  responses: {
    200: { description: 'Events, until either side ends it.', events: streamedEvent },
    410: { description: '`events-gone`: events behind the id are not kept any more' },
    429: { description: '`too-many-streams`: the caller holds as many as he may' },
  },
  handler: async ({ eventStreams, authenticate }, { query, caller, headers, express }) => {
    const given = headers['last-event-id'] ?? query.lastEventId;
    const begin = await eventStreams.admit({
      caller: actorOf(caller),
      ownerId: ownerOf(caller, query.ownerId),
      types: query.types === undefined ? undefined : new Set(query.types.split(',')),
      lastEventId: given === undefined ? undefined : Number(given),
      response: express.res!,
      authorize: async () => authenticate(headers.authorization, access),
    });
    return {
      status: 200,
      // Some proxies collect answers before they pass them on.
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' },
      stream: begin,
    };
  },
});

/** A customer hears of his own objects, whatever he asks for. */
function ownerOf(caller: Caller, asked: string | undefined): string | undefined {
  return caller.kind === 'customer' ? caller.customerId : asked;
}
