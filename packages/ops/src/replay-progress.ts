import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import { type OpsClient, OpsError } from './client.js';
import type { Replay } from './ops-api.js';

const pollMs = 200;
/** A short replay is over before a bar says anything. */
const worthABar = 20;

/**
 * Waits until every outcome of a replay is known, or it was aborted. A bar on the terminal shows how far it is.
 * @throws OpsError `timeout` when for `timeout` seconds no outcome has arrived; the replay goes on without us
 */
export async function followReplay(
  client: OpsClient,
  id: string,
  options: { readonly timeout: number; readonly json?: boolean },
): Promise<Replay> {
  let bar: SingleBar | undefined;
  let known = -1;
  let deadline = 0;
  try {
    for (;;) {
      const { counts, status, retrying } = await client.get<Replay>(`/ops/v1/replays/${id}`, {
        items: 'false',
      });
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const finished = total - (counts.pending ?? 0);
      if (status !== 'running') return await client.get<Replay>(`/ops/v1/replays/${id}`);
      if (finished !== known) deadline = Date.now() + options.timeout * 1_000;
      known = finished;
      if (!bar && total >= worthABar && process.stderr.isTTY && !options.json) bar = startBar(total);
      bar?.update(finished, { failed: counts.failed ?? 0, retrying });
      if (Date.now() > deadline) {
        throw new OpsError(`replay ${id} goes on, ${finished} of ${total} outcomes are known`, 'timeout');
      }
      await delay(pollMs);
    }
  } finally {
    bar?.stop();
  }
}

function startBar(total: number): SingleBar {
  const format =
    'replay [{bar}] {value}/{total} · {failed} failed · {retrying} tried again · {eta_formatted} left';
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.rect);
  bar.start(total, 0, { failed: 0, retrying: 0 });
  return bar;
}
