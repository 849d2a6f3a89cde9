import type { Express } from 'express';
import type { SandboxContext } from '../context.js';
import type { Charge } from '../domain/payment.js';
import { faultMiddleware } from '../fault-middleware.js';
import { cancelPayment, findPayment, listPayments, makePayment, type PaymentKind } from './payments.js';

/** `/psp/charges`: money from payers. */
export function chargeRoutes(app: Express, context: SandboxContext): void {
  const kind: PaymentKind<Charge> = {
    name: 'charge',
    store: context.charges,
    create: (payment) => ({ ...payment, refunds: [] }),
  };
  const fault = faultMiddleware(context.faults, 'psp');
  app.post('/psp/charges', fault, ...makePayment(context, kind));
  app.get('/psp/charges', listPayments(kind));
  app.get('/psp/charges/:reference', fault, findPayment(kind));
  app.post('/psp/charges/:reference/cancellations', fault, ...cancelPayment(context, kind));
}
