import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file whose existence tells a process to die when it reaches a point. */
export function orderFile(folder: string, point: string): string {
  return join(folder, encodeURIComponent(point));
}

/** From now on the service dies, once, when it reaches the point. */
export function orderDeath(folder: string, service: string, point: string): void {
  const file = orderFile(join(folder, service), point);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}
