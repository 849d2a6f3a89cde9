import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { claimGates, type GateKey, laneOfGate, postponeGate } from './gate-table.js';
import { leaseMs, type OrderGates } from './order-gates.js';
import { nextParked } from './parked-table.js';
import type { SliceProcessor } from './slice-processor.js';
import { WakeUp } from './wake-up.js';

const pollMs = 1_000;
const maxBackoffMs = 10_000;
const renewEveryMs = leaseMs / 3;
/** Keys that are released at the same time; they meet in one transaction, as partitions do. */
const maxGates = 16;
const maxSlice = 100;

/**
 * Brings parked messages back in the order of their key once their gate opens, through all that a message from Kafka
 * goes through. Any instance of the service may do it: a gate is claimed for a while, without a lock that would be
 * held during calls to providers.
 */
export class ParkedReleaser {
  private readonly wakeUp = new WakeUp();
  private readonly running = new Map<string, Promise<void>>();
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly group: string,
    private readonly owner: string,
    private readonly pool: Pool,
    private readonly gates: OrderGates,
    private readonly processor: Pick<SliceProcessor, 'process'>,
    private readonly logger: Logger,
  ) {
    gates.opener.onRelease(() => this.wakeUp.signal());
  }

  async start(): Promise<void> {
    await this.gates.begin();
    if (this.gates.isActive) this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeUp.signal();
    await this.loop;
    await Promise.all(this.running.values());
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping) {
      try {
        const room = maxGates - this.running.size;
        const claim = { owner: this.owner, leaseMs, limit: room };
        const claimed = room > 0 ? await claimGates(this.pool, this.group, claim) : [];
        failures = 0;
        for (const key of claimed) this.begin(key);
        if (claimed.length < room || room === 0) await this.wakeUp.wait(pollMs);
      } catch (error) {
        failures++;
        this.logger.warn({ err: error, group: this.group, failures }, 'parked messages were not looked for');
        await this.wakeUp.wait(Math.min(maxBackoffMs, 100 * 2 ** failures));
      }
    }
  }

  private begin(key: GateKey): void {
    const lane = laneOfGate(key);
    // While the database was away the claim of a release that still runs may have run out: this one has renewed it.
    if (this.running.has(lane)) return;
    const release = this.release(key).finally(() => {
      // Claims stop while no key more fits: somebody may wait for this place.
      if (this.running.size === maxGates) this.wakeUp.signal();
      this.running.delete(lane);
    });
    this.running.set(lane, release);
  }

  private async release(key: GateKey): Promise<void> {
    const renew = (byMs = leaseMs) => postponeGate(this.pool, this.group, key, { owner: this.owner, byMs });
    // A renewal that fails costs the claim; the fence in the transaction holds all the same.
    const renewal = setInterval(() => renew().catch(() => undefined), renewEveryMs);
    try {
      while (!this.stopping) {
        const records = await nextParked(this.pool, this.group, key, { owner: this.owner, limit: maxSlice });
        if (records.length === 0) return await this.gates.opener.removeIfEmpty(key);
        const { pauseMs } = await this.processor.process(records);
        if (pauseMs !== undefined) return await renew(pauseMs);
      }
      // The next process need not wait until the claim has run out.
      await renew(0);
    } catch (error) {
      // The claim runs out, and another attempt follows.
      if (!this.stopping)
        this.logger.warn({ err: error, group: this.group }, 'a key was not released, it waits');
    } finally {
      clearInterval(renewal);
    }
  }
}
