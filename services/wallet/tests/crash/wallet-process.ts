import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@florin/local';
import { eventually } from '../../../../test/story/eventually.js';

const root = new URL('../../../../', import.meta.url);
const main = fileURLToPath(new URL('services/wallet/dist/main.js', root));
const preload = new URL('test/dist/services/wallet/tests/crash/die-preload.js', root).href;

/** Where a process kills itself, and the how-manieth time it comes there, see `die-at.ts`. */
export type DeathPoint = readonly [point: string, occurrence: number];

/** The real program of the wallet service in a process of its own, which can be killed for good. */
export class WalletProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(env: Readonly<Record<string, string>>, dieAt?: DeathPoint): Promise<WalletProcess> {
    const [port] = await freePorts(1);
    const child = spawn(process.execPath, ['--no-warnings', '--import', preload, main], {
      env: {
        ...process.env,
        ...env,
        WALLET_PORT: String(port),
        DIE_AT: dieAt?.[0] ?? '',
        DIE_OCCURRENCE: String(dieAt?.[1] ?? 0),
      },
      stdio: process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore',
    });
    return new WalletProcess(child, `http://127.0.0.1:${port}`);
  }

  readonly isAlive = (): boolean => this.child.exitCode === null && this.child.signalCode === null;

  /** Resolves when it consumes. */
  async ready(): Promise<void> {
    await eventually(
      'the wallet service to be ready',
      () =>
        fetch(`${this.url}/health/ready`).then(
          ({ ok }) => ok || undefined,
          () => undefined,
        ),
      60_000,
    );
  }

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
