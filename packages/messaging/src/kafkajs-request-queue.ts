import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const modulePath = 'kafkajs/src/network/requestQueue/index.js';

let isMended = false;

/**
 * kafkajs 2.2.4 looks at the queue of each connection a thousand times a second for as long as it is connected, with nothing
 * in the queue (tulios/kafkajs issues 1704 and 1751, not released). Five idle services took 0.4 s of CPU a second for it,
 * and Node 24 warns about the negative time-out. A queue that is empty needs no look: whoever adds to it asks for one.
 */
export function mendRequestQueue(): void {
  if (isMended) return;
  isMended = true;
  const queue = createRequire(import.meta.url)(modulePath) as { readonly prototype: RequestQueue };
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
