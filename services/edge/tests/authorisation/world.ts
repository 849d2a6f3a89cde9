import { randomUUID } from 'node:crypto';
import { hashApiKey } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { expectStatus } from '../../../../test/story/http.js';
import { createAccessTokens, localTokenKey } from '../../src/auth/access-tokens.js';
import { DeadLetterFixture } from '../dead-letter-fixture.js';
import { type Any, admin, type Customer, type EdgeFixture } from '../edge-fixture.js';

/** The objects that the calls of the matrix are about, and callers of every kind. */
export class World {
  private constructor(
    private readonly ops: DeadLetterFixture,
    readonly owner: Customer,
    readonly walletId: string,
    readonly strangersWalletId: string,
  ) {}

  static async create(): Promise<World> {
    const ops = await DeadLetterFixture.create();
    const [owner, stranger] = [await ops.edge.newCustomer(), await ops.edge.newCustomer()];
    const walletId = await ops.edge.openWallet(owner);
    const world = new World(ops, owner, walletId, await ops.edge.openWallet(stranger));
    await ops.edge.deposit(owner, walletId, 100_000);
    return world;
  }

  get edge(): EdgeFixture {
    return this.ops.edge;
  }

  close(): Promise<void> {
    return this.ops.close();
  }

  /** Makes something as the back office, or as somebody else. */
  async make(path: string, body: object, token = admin): Promise<Any> {
    return expectStatus(await this.edge.call('POST', path, { token, body }), 200, 201, 202);
  }

  newCode(): string {
    return `c-${randomUUID().slice(0, 12)}`;
  }

  newWallet(): Promise<string> {
    return this.edge.openWallet(this.owner);
  }

  async newCard(): Promise<string> {
    return (await this.make('/v1/cards', { walletId: this.walletId }, this.owner.token)).id;
  }

  async deadLetter(): Promise<Any> {
    const [letter] = await this.ops.deadLetters(1);
    return this.ops.get(`/ops/v1/dead-letters/${letter.id}`);
  }

  /** A settlement file as the projection shows it. */
  async settlementFile(): Promise<string> {
    const id = uuidv7();
    await this.edge.pool.query(
      `INSERT INTO settlement_files (id, external_id, settlement_date, status, created_at)
       VALUES ($1, $2, '2026-11-21', 'imported', now())`,
      [id, id],
    );
    return id;
  }

  /** A difference with the payment provider; what was proposed, somebody else has proposed. */
  async reconciliationBreak(status: 'open' | 'proposed' = 'open'): Promise<string> {
    const id = uuidv7();
    await this.edge.pool.query(
      `INSERT INTO reconciliation_breaks (id, settlement_file_id, kind, payment_kind, currency, status, proposed_by,
                                          version, found_at)
       VALUES ($1, $2, 'duplicate', 'charge', 'USD', $3, 'key:somebody', 1, now())`,
      [id, uuidv7(), status],
    );
    return id;
  }

  async scopedKey(scopes: readonly string[]): Promise<string> {
    return (await this.ops.apiKey(...scopes)).token;
  }

  /** An API key with every scope that does not work any more. */
  async deadKey(column: 'expires_at' | 'revoked_at'): Promise<string> {
    const { token } = await this.ops.apiKey('*');
    const past = new Date(this.edge.clock.now() - 60_000);
    await this.edge.pool.query(`UPDATE api_keys SET ${column} = $1 WHERE key_hash = $2`, [
      past,
      hashApiKey(token),
    ]);
    return token;
  }

  async newSession(customerId: string): Promise<string> {
    const id = uuidv7();
    const now = this.edge.clock.now();
    await this.edge.pool.query(
      `INSERT INTO sessions (id, customer_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $3, $4)`,
      [id, customerId, new Date(now), new Date(now + 86_400_000)],
    );
    return id;
  }

  /** The owner's token as it was a day ago, or signed by somebody else. */
  async forgedToken(how: 'expired' | 'foreign key'): Promise<string> {
    const sessionId = await this.newSession(this.owner.id);
    const foreign = Buffer.alloc(32, 7).toString('base64');
    const tokens = createAccessTokens({
      key: how === 'expired' ? localTokenKey : foreign,
      clock: how === 'expired' ? { now: () => this.edge.clock.now() - 86_400_000 } : this.edge.clock,
    });
    return (await tokens.issue({ customerId: this.owner.id, sessionId })).token;
  }

  /** A token whose session was ended. */
  async revokedToken(): Promise<string> {
    const { id, token } = await this.edge.newCustomer();
    const [session] = expectStatus(await this.edge.call('GET', '/v1/sessions', { token }), 200).data;
    expectStatus(await this.edge.call('DELETE', `/v1/sessions/${session.id}`, { token }), 204);
    if (id === this.owner.id) throw new Error('the owner is still needed');
    return token;
  }
}
