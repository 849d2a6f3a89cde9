import { randomUUID } from 'node:crypto';
import type { Service } from '@florin/runtime';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { type Answer, type CallOptions, call, expectStatus } from '../../../test/story/http.js';
import { createAccessTokens, localTokenKey } from '../src/auth/access-tokens.js';
import { createEdgeService, readConfig } from '../src/service.js';
import { PlatformDouble } from './platform-double.js';

// biome-ignore lint/suspicious/noExplicitAny: tests read whatever an answer holds.
export type Any = any;

export interface Customer {
  readonly id: string;
  readonly token: string;
}

export const admin = 'flk_local_admin';

type Settings = Readonly<Record<string, string>>;

/** One or more edges on real servers and one database; the rest of the platform answers from `PlatformDouble`. */
export class EdgeFixture {
  private offsetMs = 0;
  private heldAt: number | undefined;
  readonly clock = { now: () => (this.heldAt ?? Date.now()) + this.offsetMs };

  private constructor(
    readonly double: PlatformDouble,
    readonly pool: pg.Pool,
    private readonly env: Record<string, string | undefined>,
    private readonly services: Service[],
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  /** @param settings further variables of its edges, or what makes them from the URL of its database */
  static async create(
    settings: Settings | ((databaseUrl: string) => Promise<Settings>) = {},
  ): Promise<EdgeFixture> {
    const topicPrefix = `e${randomUUID().slice(0, 8)}-`;
    const [test, double] = await Promise.all([
      createTestDatabase('edge'),
      PlatformDouble.create(topicPrefix),
    ]);
    const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, TEST_LOG_LEVEL } = process.env;
    const env = {
      NODE_ENV: 'test',
      LOG_LEVEL: TEST_LOG_LEVEL ?? 'silent',
      KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL,
      REDIS_URL,
      TOPIC_PREFIX: topicPrefix,
      KAFKA_PARTITIONS: '2',
      RETRY_DELAYS: '100ms',
      EDGE_PORT: '0',
      // Several edges and what calls them share a process here, which may be busy for longer than one of them would be.
      RATE_LIMIT_ANSWER_TIMEOUT: '2s',
      EDGE_DATABASE_URL: test.url,
      ...(typeof settings === 'function' ? await settings(test.url) : settings),
    };
    const pool = new pg.Pool({ connectionString: test.url, max: 2, application_name: 'edge-test' });
    const fixture = new EdgeFixture(double, pool, env, [], () => test.drop());
    await Promise.all([fixture.double.start(), fixture.addEdge()]);
    return fixture;
  }

  /** Starts another instance beside the first; returns its URL. */
  async addEdge(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const service = createEdgeService(readConfig({ ...this.env, ...more }), { clock: this.clock });
    this.services.push(service);
    await service.start();
    await eventually('the platform to be ready', async () =>
      (await fetch(`${service.url}/health/ready`)).status === 200 ? true : undefined,
    );
    return service.url;
  }

  /** Stops every instance and starts a new one, which knows what is in the database and nothing else. */
  async restart(): Promise<string> {
    await this.stopEdges();
    return this.addEdge();
  }

  /** Stops the instance that was started first, gracefully. */
  async stopFirst(): Promise<void> {
    await this.services.shift()!.stop();
  }

  /** Stops the edges of this process, so that others take over. */
  async stopEdges(): Promise<void> {
    await Promise.all(this.services.splice(0).map((service) => service.stop()));
  }

  /** What an edge in a process of its own has to find. */
  get environment(): Readonly<Record<string, string | undefined>> {
    return this.env;
  }

  get url(): string {
    return this.services[0]!.url;
  }

  get databaseUrl(): string {
    return this.env.EDGE_DATABASE_URL!;
  }

  get topicPrefix(): string {
    return this.env.TOPIC_PREFIX!;
  }

  advanceClock(ms: number): void {
    this.offsetMs += ms;
  }

  /** However long what `during` does takes, no time passes for the edges. */
  async whileTimeStands<T>(during: () => Promise<T>): Promise<T> {
    const heldAt = Date.now();
    this.heldAt = heldAt;
    try {
      return await during();
    } finally {
      this.heldAt = undefined;
      // Time goes on from where it stood: a clock that jumps is another test.
      this.offsetMs -= Date.now() - heldAt;
    }
  }

  /** Rebuilds read models; resolves with what came of it. */
  async rebuild(body: object = {}): Promise<Any> {
    const started = await this.call('POST', '/ops/v1/projection-rebuilds', { token: admin, body });
    const { id } = expectStatus(started, 202);
    return eventually('the rebuild to end', async () => {
      const { body } = await this.call('GET', `/ops/v1/projection-rebuilds/${id}`, { token: admin });
      return body.status === 'running' ? undefined : body;
    });
  }

  /** Resolves when the edge has projected everything that the double has sent, retry topics apart. */
  async untilProjected(): Promise<void> {
    await eventually('all events to be projected', async () => {
      const { body } = await this.call('GET', '/ops/v1/consumer-groups', { token: admin });
      const group = body.data.find(({ group }: { group: string }) => group === 'edge');
      const { rows } = await this.double.pool.query('SELECT count(*)::int AS waiting FROM outbox');
      const hasCaughtUp = group.lag.every(({ lag }: { lag: number }) => lag === 0);
      return rows[0].waiting === 0 && hasCaughtUp ? true : undefined;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.stopEdges(), this.double.close(), this.pool.end()]);
    await this.dropDatabase();
  }

  /** Waits long for outcomes unless told otherwise, because a busy machine may need more than the default 2 s. */
  call(method: string, path: string, options: CallOptions = {}): Promise<Answer<Any>> {
    const headers = { prefer: 'wait=20', ...options.headers };
    return call<Any>(method, path.startsWith('http') ? path : this.url + path, { ...options, headers });
  }

  /** A verified customer with a session; how one gets there is tested elsewhere. */
  async newCustomer(): Promise<Customer> {
    const [id, sessionId] = [uuidv7(), uuidv7()];
    const now = new Date(this.clock.now());
    const expires = new Date(this.clock.now() + 86_400_000);
    const phone = `+1${String(Number.parseInt(randomUUID().slice(0, 8), 16)).padStart(10, '0')}`;
    await this.pool.query(
      `INSERT INTO customers (id, full_name, email, phone, status, created_at, updated_at)
       VALUES ($1, 'Ada', $2, $3, 'active', $4, $4)`,
      [id, `${id}@example.com`, phone, now],
    );
    await this.pool.query(
      `INSERT INTO sessions (id, customer_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $3, $4)`,
      [sessionId, id, now, expires],
    );
    const tokens = createAccessTokens({ key: localTokenKey, clock: this.clock });
    return { id, token: (await tokens.issue({ customerId: id, sessionId })).token };
  }

  /** Defines a wallet type unless it is there, and returns its code. */
  async walletType(currency = 'USD'): Promise<string> {
    const code = `personal-${currency.toLowerCase()}`;
    const body = { code, name: `Personal ${currency}`, currency };
    const answer = await this.call('POST', '/v1/wallet-types', { token: admin, body });
    expectStatus(answer, 201, 409);
    return code;
  }

  async openWallet(owner: Customer, currency = 'USD'): Promise<string> {
    const body = { walletType: await this.walletType(currency) };
    const answer = await this.call('POST', '/v1/wallets', { token: owner.token, body });
    return expectStatus(answer, 201).id;
  }

  async deposit(owner: Customer, walletId: string, amount: number): Promise<Any> {
    const body = { walletId, amount, currency: 'USD', fundingToken: 'tok_ok' };
    return expectStatus(await this.call('POST', '/v1/deposits', { token: owner.token, body }), 201);
  }

  transfer(
    owner: Customer,
    from: string,
    to: string,
    amount: number,
    options: CallOptions & { more?: object; url?: string } = {},
  ): Promise<Answer<Any>> {
    const { more, url, ...rest } = options;
    const body = {
      type: 'transfer',
      sourceWalletId: from,
      destinationWalletId: to,
      amount,
      currency: 'USD',
      ...more,
    };
    return this.call('POST', `${url ?? this.url}/v1/transactions`, { token: owner.token, body, ...rest });
  }
}
