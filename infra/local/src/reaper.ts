import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

// Kept as a shell because it must cost nothing and outlive this process. Its standard input closes when this process
// ends in whatever way, kill -9 included; then whatever was not struck off the list is stopped.
const script = `
pids=""
while read -r action pid; do
  case "$action" in
    add) pids="$pids $pid " ;;
    remove) pids=$(echo "$pids" | sed "s/ $pid //") ;;
  esac
done
[ -z "$(echo $pids)" ] || kill -TERM $pids 2>/dev/null
`;
let input: Writable | undefined;

/** Makes sure that process `pid` does not outlive this one. */
export function reap(pid: number): void {
  input ??= startReaper();
  input.write(`add ${pid}\n`);
}

/** Process `pid` has ended; the number may come to belong to somebody else. */
export function forget(pid: number): void {
  input?.write(`remove ${pid}\n`);
}

function startReaper(): Writable {
  // Detached: a Ctrl-C in the terminal must not reach it before this process has stopped everything in order.
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  shell.stdin.on('error', () => undefined);
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell.stdin;
}
