import { randomUUID } from 'node:crypto';
import {
  CustomerActivated,
  CustomerErased,
  CustomerRegistered,
  CustomerUpdated,
  consumerGroups,
  EmailChanged,
  EmailVerificationRequested,
  LoginChallengeIssued,
  PasswordChanged,
  PasswordResetRequested,
  PhoneChanged,
  PhoneVerificationRequested,
} from '@florin/contracts';
import { createSealedSecrets, localSealKey } from '@florin/sealed-secrets';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { createEdgeService, readConfig } from '../src/service.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the answer holds.
  readonly body: any;
  readonly text: string;
}

export interface Registration {
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly password: string;
}

/** The edge on real servers, with a clock to move and a peer that reads what would go out by mail and SMS. */
export class IdentityFixture {
  private constructor(
    readonly url: string,
    /** What the edge was started with. */
    readonly env: Readonly<Record<string, string | undefined>>,
    readonly peer: Peer,
    readonly pool: pg.Pool,
    readonly redis: Redis,
    readonly topicPrefix: string,
    private readonly moveClock: (ms: number) => void,
    readonly close: () => Promise<void>,
  ) {}

  /** @param env besides what every edge needs */
  static async create(env: Record<string, string> = {}): Promise<IdentityFixture> {
    const topicPrefix = `i${randomUUID().slice(0, 8)}-`;
    const test = await createTestDatabase('edge');
    let offsetMs = 0;
    const complete = {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      KAFKA_BROKERS: process.env.KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL,
      REDIS_URL: process.env.REDIS_URL,
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: '100ms',
      EDGE_PORT: '0',
      EDGE_DATABASE_URL: test.url,
      ...env,
    };
    const service = createEdgeService(readConfig(complete), { clock: { now: () => Date.now() + offsetMs } });
    const definitions = [
      CustomerRegistered,
      CustomerActivated,
      EmailVerificationRequested,
      LoginChallengeIssued,
      CustomerUpdated,
      CustomerErased,
      PasswordResetRequested,
      PasswordChanged,
      EmailChanged,
      PhoneVerificationRequested,
      PhoneChanged,
    ];
    const [peer] = await Promise.all([
      createPeer({
        topicPrefix,
        retryDelays: ['100ms'],
        listen: [{ group: consumerGroups.notification, definitions }],
      }),
      service.start(),
    ]);
    const redis = new Redis(process.env.REDIS_URL!);
    const pool = new pg.Pool({ connectionString: test.url, max: 2, application_name: 'identity-test' });
    const move = (ms: number): void => {
      offsetMs += ms;
    };
    return new IdentityFixture(service.url, complete, peer, pool, redis, topicPrefix, move, async () => {
      await Promise.all([service.stop(), peer.close(), pool.end()]);
      redis.disconnect();
      await test.drop();
    });
  }

  advanceClock(ms: number): void {
    this.moveClock(ms);
  }

  async call(
    method: string,
    path: string,
    options: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  newRegistration(): Registration {
    const digits = String(Number.parseInt(randomUUID().slice(0, 8), 16)).padStart(10, '0');
    return {
      fullName: 'Ada Lovelace',
      email: `${randomUUID()}@example.com`,
      phone: `+1${digits.slice(0, 10)}`,
      password: 'Analytical-Engine-1843',
    };
  }

  /** Registers a customer, who has not verified the email yet. */
  async register(): Promise<Registration & { id: string }> {
    const registration = this.newRegistration();
    const { status, body } = await this.call('POST', '/v1/customers', { body: registration });
    if (status !== 201) throw new Error(`registration answered ${status} ${JSON.stringify(body)}`);
    return { ...registration, id: body.id };
  }

  /** The token of the mail that the customer would have got. */
  async verificationToken(customerId: string): Promise<string> {
    const message = await eventually('the request for a verification mail', async () =>
      this.peer.heard(EmailVerificationRequested).find(({ value }) => value.customerId === customerId),
    );
    return this.open(message.value.secretRef);
  }

  /** The token of the mail that went to an address which a customer wants to change to. */
  async emailToken(address: string): Promise<string> {
    const message = await eventually('the request for a verification mail', async () =>
      this.peer.heard(EmailVerificationRequested).find(({ value }) => value.email === address),
    );
    return this.open(message.value.secretRef);
  }

  /** The code of the SMS that went to a number which a customer wants to change to. */
  async phoneCode(challengeId: string): Promise<string> {
    const message = await eventually('the request for an SMS', async () =>
      this.peer.heard(PhoneVerificationRequested).find(({ value }) => value.challengeId === challengeId),
    );
    return this.open(message.value.secretRef);
  }

  /** The token of the `count`-th mail that resets the password of the customer. */
  async resetToken(customerId: string, count = 1): Promise<string> {
    const message = await eventually('the request for a mail that resets the password', async () => {
      const requests = this.peer
        .heard(PasswordResetRequested)
        .filter(({ value }) => value.customerId === customerId);
      return requests.length >= count ? requests[count - 1] : undefined;
    });
    return this.open(message.value.secretRef);
  }

  /** The code of the SMS that the customer would have got. */
  async code(challengeId: string): Promise<string> {
    const message = await eventually('the request for an SMS', async () =>
      this.peer.heard(LoginChallengeIssued).find(({ value }) => value.challengeId === challengeId),
    );
    return this.open(message.value.secretRef);
  }

  async registerAndVerify(): Promise<Registration & { id: string }> {
    const customer = await this.register();
    const token = await this.verificationToken(customer.id);
    await this.call('POST', '/v1/customers/verify-email', { body: { token } });
    return customer;
  }

  /** Logs in up to the challenge. */
  async challenge({ email, password }: Registration): Promise<string> {
    const { status, body } = await this.call('POST', '/v1/sessions', { body: { email, password } });
    if (status !== 201) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
    return body.challengeId;
  }

  answerChallenge(challengeId: string, code: string): Promise<Answer> {
    return this.call('POST', `/v1/sessions/${challengeId}/otp`, { body: { code } });
  }

  /** Logs in completely. */
  async signIn(customer: Registration): Promise<{ accessToken: string; refreshToken: string }> {
    const challengeId = await this.challenge(customer);
    const { status, body } = await this.answerChallenge(challengeId, await this.code(challengeId));
    if (status !== 200) throw new Error(`code answered ${status} ${JSON.stringify(body)}`);
    return body;
  }

  private async open(ref: string): Promise<string> {
    const secret = await createSealedSecrets({ redis: this.redis, key: localSealKey }).open(ref);
    if (secret === undefined) throw new Error('the sealed secret has gone');
    return secret;
  }
}
