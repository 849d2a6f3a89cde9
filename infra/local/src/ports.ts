import { createServer } from 'node:net';
import { LocalError } from './local-error.js';

/** A port that something is about to listen on, and the setting that moves it. */
export interface PortUse {
  readonly what: string;
  readonly port: number;
  readonly setting: string;
}

const highestPort = 65_535;

/** One line for each port that cannot be one, and for each that two settings claim. */
export function portProblems(uses: readonly PortUse[]): string[] {
  const isPort = ({ port }: PortUse): boolean => Number.isInteger(port) && port >= 1 && port <= highestPort;
  const malformed = uses
    .filter((use) => !isPort(use))
    .map(({ setting }) => `${setting}: expected a port, an integer from 1 to ${highestPort}`);
  const claimed = new Map<number, PortUse[]>();
  for (const use of uses.filter(isPort)) claimed.set(use.port, [...(claimed.get(use.port) ?? []), use]);
  const shared = [...claimed].filter(([, claims]) => claims.length > 1);
  const clashes = shared.map(([port, claims]) => {
    const names = claims.map(({ setting, what }) => `${setting} (${what})`).join(' and ');
    return `${names}: expected different ports, not ${port} for all of them`;
  });
  return [...malformed, ...clashes];
}

/** @throws LocalError naming every port that is taken and the setting that changes it */
export async function requireFreePorts(uses: readonly PortUse[]): Promise<void> {
  const free = await Promise.all(uses.map((use) => canListen(use.port)));
  const busy = uses.filter((_, index) => !free[index]);
  if (busy.length === 0) return;
  const list = busy.map((use) => `${use.port} (${use.what}, set ${use.setting})`).join(', ');
  const subject = busy.length === 1 ? 'A port is' : 'Ports are';
  const hint =
    busy.length === uses.length ? 'Is Florin running already?' : 'Stop it, or choose another port.';
  throw new LocalError('port-busy', `${subject} in use by another program: ${list}. ${hint}`);
}

/** Ports that nobody listens on now. They are held together while they are chosen, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function canListen(port: number): Promise<boolean> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch {
    return false;
  }
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
