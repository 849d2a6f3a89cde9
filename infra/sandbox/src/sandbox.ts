import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, createLogger, systemClock } from '@florin/observability';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { SandboxConfig } from './config.js';
import { createContext, type SandboxContext } from './context.js';
import { problem } from './problem.js';
import { callbackRoutes } from './routes/callbacks.js';
import { chargeRoutes } from './routes/charges.js';
import { creditBureauRoutes } from './routes/credit-bureau.js';
import { faultRoutes } from './routes/faults.js';
import { issuerRoutes } from './routes/issuer.js';
import { kycRoutes } from './routes/kyc.js';
import { mailRoutes } from './routes/mail.js';
import { payoutRoutes } from './routes/payouts.js';
import { refundRoutes } from './routes/refunds.js';
import { settlementFileRoutes } from './routes/settlement-files.js';
import { smsRoutes } from './routes/sms.js';
import { webhookSinkRoutes } from './routes/webhook-sink.js';
import { createSmtpSink } from './smtp-sink.js';

export interface Sandbox {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Base URL of the simulators and of the inspection API, known once started. */
  readonly url: string;
  /** `smtp://host:port` of the mail sink, known once started. */
  readonly smtpUrl: string;
}

/** The external world for development and tests: KYC, credit bureau, PSP, card issuer, SMS gateway, mail and webhook sinks. */
export function createSandbox(config: SandboxConfig, overrides: { clock?: Clock } = {}): Sandbox {
  const logger = createLogger({ service: 'sandbox', level: config.LOG_LEVEL });
  const context = createContext(config, { clock: overrides.clock ?? systemClock, logger });
  const smtp = createSmtpSink(context);
  const app = createApp(context);
  let http: Server | undefined;
  let url = '';

  return {
    name: 'sandbox',
    get url() {
      return url;
    },
    get smtpUrl() {
      return smtp.url;
    },
    async start() {
      await smtp.start(config.HOST, config.SANDBOX_SMTP_PORT);
      http = app.listen(config.SANDBOX_PORT, config.HOST);
      await once(http, 'listening');
      url = `http://${config.HOST}:${(http.address() as AddressInfo).port}`;
      logger.info({ url, smtpUrl: smtp.url }, 'sandbox ready');
    },
    async stop() {
      const server = http;
      if (!server) return;
      http = undefined;
      context.callbacks.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      // Calls that a fault leaves hanging would keep the server open for ever.
      server.closeAllConnections();
      await Promise.all([closed, smtp.stop()]);
    },
  };
}

function createApp(context: SandboxContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get(['/health/live', '/health/ready'], (_request, response) => {
    response.json({ status: 'ok' });
  });
  faultRoutes(app, context);
  smsRoutes(app, context);
  mailRoutes(app, context);
  kycRoutes(app, context);
  creditBureauRoutes(app, context);
  chargeRoutes(app, context);
  payoutRoutes(app, context);
  callbackRoutes(app, context);
  settlementFileRoutes(app, context);
  issuerRoutes(app, context);
  refundRoutes(app, context);
  webhookSinkRoutes(app, context);
  app.use((_request, response) => problem(response, 404, 'not-found', 'there is nothing at this path'));
  const onError: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) context.logger.error({ err: error }, 'request failed');
    problem(
      response,
      status,
      status < 500 ? 'bad-request' : 'internal-error',
      'the request was not understood',
    );
  };
  app.use(onError);
  return app;
}
