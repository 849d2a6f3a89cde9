import { z } from 'zod';
import { clientEventTypes } from './client-event.js';

/** What a stream tells, CloudEvents 1.0 in the JSON format. */
export const cloudEventSchema = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.literal('/v1/events'),
    type: z.enum(clientEventTypes),
    subject: z.string().meta({ description: 'Path of what it happened to.' }),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data: z.looseObject({}).meta({ description: 'What GET of the subject gives.' }),
  })
  .meta({ description: 'CloudEvents 1.0, in the JSON format.' });

const closing = z.looseObject({ code: z.string() }).meta({ description: 'Why the stream ends.' });

/** @returns the schema of a text that is JSON of `content`, as JSON Schema 2020-12 describes it (8.5) */
function jsonText(content: z.ZodType): z.ZodType {
  const { $schema: _, ...contentSchema } = z.toJSONSchema(content);
  return z.string().meta({ contentMediaType: 'application/json', contentSchema });
}

/** One block of the stream, field by field (HTML standard, 9.2.6). */
export const streamedEvent = z.union([
  z.looseObject({ id: z.string(), event: z.literal('message').optional(), data: jsonText(cloudEventSchema) }),
  z.looseObject({ event: z.literal('closed'), data: jsonText(closing) }),
]);
