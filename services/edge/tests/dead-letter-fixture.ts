import { eventually } from '../../../test/story/eventually.js';
import { type Answer, expectStatus } from '../../../test/story/http.js';
import { storeApiKey } from './api-key-fixture.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';

/** An edge whose notification service can be made to fail, and operators to clear up after it. */
export class DeadLetterFixture {
  private constructor(
    readonly edge: EdgeFixture,
    readonly ada: Customer,
    private readonly from: string,
    private readonly to: string,
  ) {}

  static async create(): Promise<DeadLetterFixture> {
    const edge = await EdgeFixture.create();
    const ada = await edge.newCustomer();
    const from = await edge.openWallet(ada);
    return new DeadLetterFixture(edge, ada, from, await edge.openWallet(await edge.newCustomer()));
  }

  close(): Promise<void> {
    return this.edge.close();
  }

  async get(path: string): Promise<Any> {
    return expectStatus(await this.edge.call('GET', path, { token: admin }), 200);
  }

  post(path: string, body: object, token = admin): Promise<Answer<Any>> {
    return this.edge.call('POST', path, { token, body });
  }

  /** Makes `count` declined transfers whose notification fails for good; returns the pending dead letters. */
  async deadLetters(count: number, amount = 5): Promise<Any[]> {
    this.edge.double.refuseNotifications = true;
    const before = await this.pending();
    const { ada, from, to } = this;
    await Promise.all(Array.from({ length: count }, () => this.edge.transfer(ada, from, to, amount)));
    const letters = await eventually('the dead letters', async () => {
      const now = await this.pending();
      return now.length === before.length + count ? now : undefined;
    });
    this.edge.double.refuseNotifications = false;
    const known = new Set(before.map((letter) => letter.id));
    return letters.filter((letter) => !known.has(letter.id));
  }

  async pending(): Promise<Any[]> {
    return (await this.get('/ops/v1/dead-letters?status=pending&limit=200')).data;
  }

  /** The replay once every outcome is known. */
  finished(replayId: string): Promise<Any> {
    return eventually('the replay to end', async () => {
      const replay = await this.get(`/ops/v1/replays/${replayId}`);
      return replay.items.some((item: Any) => item.outcome === 'pending') ? undefined : replay;
    });
  }

  /** Another operator. */
  async apiKey(...scopes: string[]): Promise<{ token: string; actor: string }> {
    const { id, key: token } = await storeApiKey(this.edge.pool, scopes);
    return { token, actor: `key:${id}` };
  }
}
