import type { Authenticate, Caller } from '@florin/http';
import type { Job, Runtime } from '@florin/runtime';
import type { SealedSecrets } from '@florin/sealed-secrets';
import type { Redis } from 'ioredis';
import type { AccessTokens } from './auth/access-tokens.js';
import type { ApiKeyNews } from './auth/api-key-news.js';
import type { ApiKeyRegistry } from './auth/api-key-registry.js';
import type { LoginChallenges } from './auth/login-challenges.js';
import type { LoginGuard } from './auth/login-guard.js';
import type { Passwords } from './auth/passwords.js';
import type { ResetAllowance } from './auth/reset-allowance.js';
import type { SendAllowance } from './auth/send-allowance.js';
import type { SessionRevocations } from './auth/session-revocations.js';
import type { EdgeConfig } from './config.js';
import type { PrismaClient } from './db/generated/client.js';
import type { ApplicationDataChecker } from './domain/application-data.js';
import type { EventStreams } from './events/event-streams.js';
import type { Ingress } from './ingress/ingress.js';
import type { KeepAnswer } from './ingress/once-per-key.js';
import type { CustomerZones } from './queries/customer-zones.js';
import type { WalletFactsLookup } from './queries/wallet-facts.js';
import type { ReadCache } from './read-cache/read-cache.js';
import type { ReadRouter } from './replica/read-router.js';
import type { SecurityLog } from './security/security-log.js';

/** What a route or a handler of the edge may touch. */
export interface EdgeContext extends Runtime {
  readonly config: EdgeConfig;
  /** The primary. */
  readonly prisma: PrismaClient;
  /** For reads that may come from a replica. */
  readonly reads: ReadRouter;
  /** For reads of single objects by those who may see them. */
  readonly readCache: ReadCache;
  /** Shared by several installations: put `config.TOPIC_PREFIX` before every key and channel. */
  readonly redis: Redis;
  readonly secrets: SealedSecrets;
  readonly accessTokens: AccessTokens;
  readonly loginChallenges: LoginChallenges;
  /** Numbers that wait for their code; the number itself is in PostgreSQL. */
  readonly phoneChallenges: LoginChallenges;
  readonly loginGuard: LoginGuard;
  /** One-time codes, by phone. */
  readonly otpAllowance: SendAllowance;
  /** Mails that anyone can ask for, by address. */
  readonly mailAllowance: SendAllowance;
  /** Mails that reset a password. */
  readonly resetAllowance: ResetAllowance;
  readonly passwords: Passwords;
  readonly revocations: SessionRevocations;
  readonly apiKeys: ApiKeyRegistry;
  readonly apiKeyNews: ApiKeyNews;
  /** What an API key can be allowed. */
  readonly knownScopes: ReadonlySet<string>;
  /** Who did what, when and from where. */
  readonly securityLog: SecurityLog;
  /** Says again whether a caller is admitted, for answers that take long. */
  readonly authenticate: (
    ...call: [Parameters<Authenticate>[0], Parameters<Authenticate>[1]]
  ) => Promise<Caller>;
  /** Stores the answer of a call with an Idempotency-Key together with its effect. */
  readonly keepAnswer: KeepAnswer;
  readonly ingress: Ingress;
  readonly eventStreams: EventStreams;
  readonly walletFacts: WalletFactsLookup;
  readonly customerZones: CustomerZones;
  readonly applicationData: ApplicationDataChecker;
  /** Hands replays of dead letters to Kafka. */
  readonly replaySender: Job;
  /** Builds read models anew. */
  readonly rebuilder: Job;
}
