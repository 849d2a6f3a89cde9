import { readFileSync } from 'node:fs';

/** User and system time of processes so far in milliseconds, from /proc; empty where there is no /proc. */
export function cpuMs(pids: Readonly<Record<string, number>>): Record<string, number> {
  const ticksPerSecond = 100;
  const entries = Object.entries(pids).flatMap(([name, pid]) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return [[name, ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond] as const];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(entries);
}
