import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';

// The yardstick of `bench -- edge`: Express 5 and the same validation, and nothing else. No caller, no log, no limits,
// no database. Run in a process of its own; prints its port.

const uuid = z.uuid().toLowerCase();
const currencies = new Set(Intl.supportedValuesOf('currency'));
const transferBody = z
  .strictObject({
    type: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    sourceWalletId: uuid,
    destinationWalletId: uuid,
    amount: z.int().min(1),
    currency: z.string().refine((text) => currencies.has(text)),
    description: z.string().trim().min(1).max(200).optional(),
  })
  .refine((body) => body.sourceWalletId !== body.destinationWalletId);
const idParams = z.object({ id: uuid });

const app = express();
app.get('/v1/wallets/:id', (request, response) => {
  const { id } = idParams.parse(request.params);
  response.json({
    id,
    ownerId: id,
    walletType: 'personal-usd',
    currency: 'USD',
    name: null,
    status: 'active',
    balances: { posted: 1_000, held: 0, available: 1_000 },
    createdAt: new Date().toISOString(),
  });
});
app.post('/v1/transactions', express.json({ limit: '1mb' }), (request, response) => {
  const transfer = transferBody.parse(request.body);
  const answer = { id: transfer.sourceWalletId, status: 'pending', fee: 0, ...transfer };
  response
    .status(202)
    .location(`/v1/transactions/${answer.id}`)
    .json({ ...answer, createdAt: new Date().toISOString() });
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});
