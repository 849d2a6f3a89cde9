import http from 'node:http';
import { cpuMs } from './process-cpu.js';
import { percentile } from './report.js';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadOptions {
  readonly url: string;
  /** Process that answers. */
  readonly pid: number;
  readonly concurrency: number;
  readonly seconds: number;
  readonly status: number;
  readonly nextCall: () => Call;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU microseconds of the process that answers, for each call. */
  readonly cpuMicros: number;
}

/** So many calls at once, one after the other on connections that stay open. Another status than expected is an error. */
export async function loadOf(options: LoadOptions): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.concurrency });
  const latencies: number[] = [];
  const before = cpuMs({ server: options.pid });
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < options.seconds * 1_000) {
      const sentAt = performance.now();
      const status = await send(agent, options.url, options.nextCall());
      if (status !== options.status) throw new Error(`expected ${options.status}, got ${status}`);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, caller));
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  const after = cpuMs({ server: options.pid });
  agent.destroy();
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / tookSeconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMicros: ((after.server! - before.server!) * 1_000) / latencies.length,
  };
}

/** Plain node:http, because the load generator shares the machine with what it measures. */
function send(agent: http.Agent, url: string, call: Call): Promise<number> {
  const length = call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) };
  return new Promise((resolve, reject) => {
    const request = http.request(
      url + call.path,
      { method: call.method, agent, headers: { ...call.headers, ...length } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    request.on('error', reject);
    request.end(call.body);
  });
}
