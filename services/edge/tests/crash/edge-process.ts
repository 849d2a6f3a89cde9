import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);
const main = fileURLToPath(new URL('services/edge/dist/main.js', root));
const preload = new URL('test/dist/services/edge/tests/crash/die-preload.js', root).href;

/** The real program of the edge in a process of its own, which can be killed for good. */
export class EdgeProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /**
   * @param dieAt point and occurrence at which it kills itself, see `die-at.ts`
   * @param onOutput gets what it writes to its log
   */
  static async start(
    env: Readonly<Record<string, string | undefined>>,
    dieAt?: readonly [string, number],
    onOutput?: (text: string) => void,
  ): Promise<EdgeProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, ['--no-warnings', '--import', preload, main], {
      env: {
        ...process.env,
        ...env,
        EDGE_PORT: String(port),
        DIE_AT: dieAt?.[0] ?? '',
        DIE_OCCURRENCE: String(dieAt?.[1] ?? 0),
      },
      stdio: onOutput ? 'pipe' : process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore',
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text));
    }
    return new EdgeProcess(child, `http://127.0.0.1:${port}`);
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
