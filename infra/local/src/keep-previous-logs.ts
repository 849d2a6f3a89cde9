import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Makes room for the logs of a new start: `<name>.log` becomes `<name>.log.1`, and what had that name is replaced. */
export function keepPreviousLogs(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.log')) renameSync(join(folder, name), join(folder, `${name}.1`));
  }
}
