import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@florin/local';

const root = new URL('../../', import.meta.url);
const preload = new URL('test/dist/packages/messaging/tests/crash/die-preload.js', root).href;

/** Where a process kills itself, and the how-manieth time it comes there, see `die-at.ts`. */
export type DeathPoint = readonly [point: string, occurrence: number];

/** The real program of a service in a process of its own, which can be killed for good. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @param options.onOutput gets what it writes to its log */
  static async start(
    service: 'edge' | 'wallet',
    env: Readonly<Record<string, string | undefined>>,
    options: { readonly dieAt?: DeathPoint; readonly onOutput?: (text: string) => void } = {},
  ): Promise<ServiceProcess> {
    const { dieAt, onOutput } = options;
    const [port] = await freePorts(1);
    const main = fileURLToPath(new URL(`services/${service}/dist/main.js`, root));
    const child = spawn(process.execPath, ['--no-warnings', '--import', preload, main], {
      env: {
        ...process.env,
        ...env,
        [`${service.toUpperCase()}_PORT`]: String(port),
        DIE_AT: dieAt?.[0] ?? '',
        DIE_OCCURRENCE: String(dieAt?.[1] ?? 0),
      },
      stdio: onOutput ? 'pipe' : process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore',
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text));
    }
    return new ServiceProcess(child, `http://127.0.0.1:${port}`);
  }

  readonly isAlive = (): boolean => this.child.exitCode === null && this.child.signalCode === null;

  /** Resolves with the signal that ended it. */
  async death(timeoutMs = 90_000): Promise<string | null> {
    if (!this.isAlive()) return this.child.signalCode;
    const [, signal] = await once(this.child, 'exit', { signal: AbortSignal.timeout(timeoutMs) });
    return signal as string | null;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (!this.isAlive()) return;
    this.child.kill(signal);
    await this.death();
  }
}
