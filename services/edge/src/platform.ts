import { consumerGroups } from '@florin/contracts';
import { deadLetterIndex } from './consumers/dead-letters.js';
import { projections } from './consumers/index.js';
import { ledgerChecks } from './consumers/ledger-checks.js';
import type { EdgeContext } from './context.js';
import { ApplicationDataChecker } from './domain/application-data.js';
import { createEventRecorder } from './events/event-recorder.js';
import { createEventStreams } from './events/event-streams.js';
import { withBulks } from './ingress/bulk-announcer.js';
import { Ingress } from './ingress/ingress.js';
import { createProjectionAnnouncer } from './ingress/projection-announcer.js';
import { requestHashKey } from './ingress/request-hash-key.js';
import { Waiters } from './ingress/waiters.js';
import { announceExpiringApiKeysJob } from './jobs/announce-expiring-api-keys.js';
import { cleanUpIdentityJob } from './jobs/clean-up-identity.js';
import { compareAwaitedBalancesJob, observeFindings } from './jobs/compare-awaited-balances.js';
import { expireClientEventsJob } from './jobs/expire-client-events.js';
import { expireFxRatesJob } from './jobs/expire-fx-rates.js';
import { expireIdempotencyKeysJob } from './jobs/expire-idempotency-keys.js';
import { expireMovesJob } from './jobs/expire-moves.js';
import { expireSecurityEventsJob } from './jobs/expire-security-events.js';
import { finishErasuresJob } from './jobs/finish-erasures.js';
import { rebuildProjectionsJob } from './jobs/rebuild-projections.js';
import { redriveDeadLettersJob } from './jobs/redrive-dead-letters.js';
import { sendReplaysJob } from './jobs/send-replays.js';
import { createCustomerZones } from './queries/customer-zones.js';
import { createWalletFactsLookup } from './queries/wallet-facts.js';
import { createOutcomeReader } from './read-models/outcome-reader.js';

/** What of the platform a route may touch. */
export type PlatformParts = Pick<
  EdgeContext,
  | 'ingress'
  | 'eventStreams'
  | 'walletFacts'
  | 'customerZones'
  | 'applicationData'
  | 'replaySender'
  | 'rebuilder'
>;

/** The side of the edge that faces the other services: it accepts commands, waits for events and projects them. */
export interface Platform {
  readonly parts: PlatformParts;
  /** To be called before messaging starts. */
  start(): Promise<void>;
  /** Ends all waits, so that open calls are answered and their connections can close. */
  stopWaiting(): void;
  /** To be called when no more calls arrive, before messaging stops. */
  stop(): Promise<void>;
}

/** Declares the consumers of the edge on `messaging`, which must not have been started. */
export function createPlatform(base: Omit<EdgeContext, keyof PlatformParts>): Platform {
  const { config, database, messaging, clock, logger, metrics, prisma, redis } = base;
  const waiters = new Waiters();
  const announcer = createProjectionAnnouncer({
    redis,
    channel: `${config.TOPIC_PREFIX}projections`,
    waiters,
    logger,
  });
  const ingress = new Ingress({
    messaging,
    database,
    clock,
    metrics,
    waiters,
    readOutcome: createOutcomeReader(prisma, clock),
    noteWrite: (caller) => base.reads.noteWrite(caller),
    hashKey: requestHashKey(config.SEAL_KEY),
  });
  const eventStreams = createEventStreams({
    database,
    prisma,
    redis,
    channel: `${config.TOPIC_PREFIX}client-events`,
    clock,
    logger,
    metrics,
    limits: { total: config.EVENT_STREAMS_MAX, perCaller: config.EVENT_STREAMS_PER_CALLER },
  });
  const clientEventExpiry = expireClientEventsJob({
    database,
    clock,
    logger,
    keptMs: config.EVENT_RETENTION,
  });
  const replaySender = sendReplaysJob({ database, messaging, clock, logger });
  const redrive = redriveDeadLettersJob({ database, prisma, clock, logger, replaySender });
  const keyExpiry = expireIdempotencyKeysJob({ database, clock, logger });
  const moveExpiry = expireMovesJob({ database, clock, logger });
  const rateExpiry = expireFxRatesJob({ database, clock, logger });
  const keyExpiryNews = announceExpiringApiKeysJob({
    messaging,
    securityLog: base.securityLog,
    clock,
    logger,
    warningDays: config.API_KEY_EXPIRY_WARNING_DAYS,
    intervalMs: config.API_KEY_EXPIRY_INTERVAL_MS,
  });
  const eventExpiry = expireSecurityEventsJob({
    database,
    clock,
    logger,
    keptDays: config.SECURITY_EVENTS_DAYS,
  });
  const erasures = finishErasuresJob(base);
  const cleanUp = cleanUpIdentityJob(base);
  const comparison = compareAwaitedBalancesJob({ messaging, clock, logger });
  const rebuilder = rebuildProjectionsJob(base);
  observeFindings(metrics, database, clock);
  const events = createEventRecorder(() => eventStreams.wake());
  const handlers = [
    ...projections({
      clock,
      announcer: withBulks(announcer, { database, prisma, logger }),
      events,
      replaySender,
      cache: base.readCache,
      erasure: base,
    }),
    ...ledgerChecks({ clock }),
  ];
  messaging.consume({ group: consumerGroups.edge, handlers });
  messaging.consumeDeadLetters(deadLetterIndex({ topicPrefix: config.TOPIC_PREFIX, clock }));

  return {
    parts: {
      ingress,
      eventStreams,
      walletFacts: createWalletFactsLookup(database),
      customerZones: createCustomerZones(prisma),
      applicationData: new ApplicationDataChecker(),
      replaySender,
      rebuilder,
    },
    async start() {
      await announcer.start();
      await eventStreams.start();
      clientEventExpiry.start();
      replaySender.start();
      redrive.start();
      keyExpiry.start();
      moveExpiry.start();
      rateExpiry.start();
      eventExpiry.start();
      rebuilder.start();
      keyExpiryNews.start();
      comparison.start();
      erasures.start();
      cleanUp.start();
    },
    stopWaiting() {
      ingress.stopWaiting();
      eventStreams.endAll();
    },
    async stop() {
      await ingress.idle();
      await redrive.stop();
      await replaySender.stop();
      await keyExpiry.stop();
      await moveExpiry.stop();
      await rateExpiry.stop();
      await eventExpiry.stop();
      await rebuilder.stop();
      await keyExpiryNews.stop();
      await comparison.stop();
      await erasures.stop();
      await cleanUp.stop();
      await clientEventExpiry.stop();
      await eventStreams.stop();
      await announcer.stop();
    },
  };
}
