import { CheckPayment } from '@florin/contracts';
import { Problem } from '@florin/http';
import { z } from 'zod';
import { insertPspCallback } from '../../db/insert-psp-callback.js';
import { judgeCallback } from '../../domain/callback-signature.js';
import { defineRoute } from '../../route.js';

const newsSchema = z.looseObject({
  type: z.string().min(1).max(100).meta({ example: 'charge.succeeded' }),
  data: z
    .looseObject({ reference: z.string().min(1).max(200) })
    .meta({ examples: [{ reference: '01a1fc54-526c-75de-8e39-8754441f9757', status: 'succeeded' }] }),
});

/** A callback without them is for `judgeCallback` to refuse. */
const headersSchema = z.object({
  'webhook-id': z.string().max(200).optional(),
  'webhook-timestamp': z.string().max(20).optional(),
  'webhook-signature': z.string().max(1_000).optional(),
});

/** What the callback says is not passed on: the service asks the provider, so a stolen secret moves no money. */
export const receivePspCallback = defineRoute({
  method: 'post',
  path: '/v1/psp-webhooks',
  operationId: 'receivePspCallback',
  summary: 'Hear from the payment provider that a payment has ended',
  description:
    'For the payment provider. Signed as in Standard Webhooks 1.0, at most five minutes ago. It makes Florin ask what ' +
    'became of the payment, so repeats and callbacks out of order change nothing.',
  tags: ['Transactions'],
  access: 'public',
  headers: headersSchema,
  body: newsSchema,
  responses: {
    204: { description: 'Received.' },
    400: {
      description:
        '`webhook-signature-invalid`: no signature, a wrong one, or one from too long ago; `validation-failed`',
    },
  },
  async handler(context, { body, rawBody, headers, traceparent }) {
    const { messaging, config, clock, logger } = context;
    const id = single(headers['webhook-id']);
    const now = clock.now();
    const verdict = judgeCallback(
      {
        id,
        timestamp: single(headers['webhook-timestamp']),
        signature: single(headers['webhook-signature']),
        body: rawBody,
      },
      config.PSP_WEBHOOK_SECRET,
      now,
    );
    if (verdict !== 'genuine' || id === undefined) {
      logger.warn({ verdict }, 'callback of the payment provider refused');
      throw new Problem(400, 'webhook-signature-invalid', 'The signature does not authorise this callback.');
    }
    const reference = z.uuid().toLowerCase().safeParse(body.data.reference);
    // A payment that was not made by Florin: the provider need not repeat it.
    if (!reference.success) return { status: 204 };
    const transactionId = reference.data;
    await messaging.transaction(async (unit) => {
      // Once for each callback, however often it is delivered within the tolerance.
      if (!(await insertPspCallback(unit.tx, id, new Date(now)))) return;
      unit.send(CheckPayment, transactionId, { transactionId }, { actor: 'service:psp', traceparent });
    });
    return { status: 204 };
  },
});

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
