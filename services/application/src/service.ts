import {
  CardIssued,
  CardRefused,
  CustomerErased,
  consumerGroups,
  DecideApplication,
  DefineApplicationType,
  SubmitApplication,
  WalletOpened,
  WalletRefused,
} from '@florin/contracts';
import { prismaAdapter } from '@florin/database';
import { createHealthApp, type HttpServer, listen } from '@florin/http';
import { type Handler, handle } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { createRuntime, type Service } from '@florin/runtime';
import { ApplicationTypes } from './application-types.js';
import type { ApplicationConfig } from './config.js';
import { decideApplications } from './consumers/decide-applications.js';
import { defineApplicationTypes } from './consumers/define-application-types.js';
import { eraseApplications } from './consumers/erase-applications.js';
import { resumeApplications } from './consumers/resume-applications.js';
import { runSteps } from './consumers/run-steps.js';
import { submitApplications } from './consumers/submit-applications.js';
import type { ApplicationContext } from './context.js';
import { PrismaClient } from './db/generated/client.js';
import { createProviders } from './providers/providers.js';

export { type ApplicationConfig, readConfig } from './config.js';

/** Hardly anything of what `wallet.events` has under load is for this service, and every fetch of it comes in the way of a transfer. */
const unhurriedRestMs = 100;

/** Application types and applications, worked on by workflows that are data. */
export function createApplicationService(
  config: ApplicationConfig,
  overrides: { clock?: Clock } = {},
): Service {
  const databaseUrl = config.APPLICATION_DATABASE_URL;
  const runtime = createRuntime({ service: 'application', config, databaseUrl, clock: overrides.clock });
  const { database, messaging, logger } = runtime;
  const context: ApplicationContext = {
    ...runtime,
    prisma: new PrismaClient({ adapter: prismaAdapter(database) }),
    types: new ApplicationTypes(),
    providers: createProviders({
      kycUrl: config.KYC_URL,
      creditBureauUrl: config.CREDIT_BUREAU_URL,
      timeoutMs: config.PROVIDER_TIMEOUT_MS,
      onStateChange: runtime.observeBreaker,
    }),
  };
  messaging.consume({ group: consumerGroups.application, handlers: handlersOf(context), unhurriedRestMs });
  let server: HttpServer | undefined;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await messaging.stop();
    await server?.close();
    await context.providers.close();
    await context.prisma.$disconnect();
    await database.close();
  }

  return {
    name: 'application',
    async start() {
      const app = createHealthApp({ ...runtime, isReady: () => messaging.isReady() });
      server = await listen(app, { host: config.HOST, port: config.APPLICATION_PORT });
      await messaging.start();
      logger.info({ url: server.url }, 'application is ready');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    get url() {
      if (!server) throw new Error('the application service has not been started');
      return server.url;
    },
  };
}

/** What the application service does with each message. */
export function handlersOf(context: ApplicationContext): readonly Handler[] {
  const onWalletOpened = resumeApplications<WalletOpened>(context, ({ walletId, currency }) => ({
    id: walletId,
    reply: { output: { walletId, currency } },
  }));
  const onWalletRefused = resumeApplications<WalletRefused>(context, ({ walletId, reason }) => ({
    id: walletId,
    reply: { refusal: reason },
  }));
  const onCardIssued = resumeApplications<CardIssued>(context, ({ cardId, last4 }) => ({
    id: cardId,
    reply: { output: { cardId, last4 } },
  }));
  const onCardRefused = resumeApplications<CardRefused>(context, ({ cardId, reason }) => ({
    id: cardId,
    reply: { refusal: reason },
  }));
  return [
    handle(DefineApplicationType, (unit, messages) => defineApplicationTypes(context, unit, messages)),
    handle(SubmitApplication, (unit, messages) => submitApplications(context, unit, messages)),
    handle(DecideApplication, (unit, messages) => decideApplications(context, unit, messages)),
    handle(CustomerErased, (unit, messages) => eraseApplications(context, unit, messages)),
    runSteps(context),
    handle(WalletOpened, onWalletOpened),
    handle(WalletRefused, onWalletRefused),
    handle(CardIssued, onCardIssued),
    handle(CardRefused, onCardRefused),
  ];
}
