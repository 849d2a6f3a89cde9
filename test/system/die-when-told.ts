import { subscribe } from 'node:diagnostics_channel';
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Pass, watchPoints } from '../../packages/messaging/tests/crash/die-at.js';
import { orderFile } from './death-orders.js';

// Loaded before the main program of a service, which itself knows nothing about it. At every point it looks for the
// order to die there, so that a test decides while the process runs. An order is executed once: its file goes first.
const service = basename(dirname(dirname(process.argv[1]!)));
const folder = join(process.env.DEATH_ORDERS!, service);

const pass: Pass = (reached) => {
  const order = orderFile(folder, reached);
  if (!existsSync(order)) return;
  rmSync(order);
  process.kill(process.pid, 'SIGKILL');
};
watchPoints(pass);
watchProviderCalls();

interface ProviderCall {
  readonly request: { readonly method: string; readonly path: string };
}

/**
 * Calls of the payment provider, at three points each: `before:POST charges` (nothing has left), `sent:POST charges` (the
 * request is in the hands of the network) and `after:POST charges` (the answer is there and nobody has seen it).
 */
function watchProviderCalls(): void {
  const channels = {
    before: 'undici:request:create',
    sent: 'undici:request:bodySent',
    after: 'undici:request:headers',
  };
  for (const [moment, channel] of Object.entries(channels)) {
    subscribe(channel, (message) => {
      const { method, path } = (message as ProviderCall).request;
      const [, psp, collection, , part] = path.split('/');
      if (psp === 'psp') pass(`${moment}:${method} ${part ?? collection}`);
    });
  }
}
