/** Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const sameSignalMs = 1_000;

export interface SignalTools {
  /** Whether everything has been started. */
  readonly isComplete: () => boolean;
  readonly stop: () => Promise<void>;
  readonly report: (line: string) => void;
  readonly exit: (code: number) => void;
  readonly fail: (error: unknown) => void;
}

/** What Ctrl-C does, with the time in milliseconds at which it comes: stops in good order, or when it comes again at once. */
export function signalHandler(tools: SignalTools): (signal: NodeJS.Signals, now: number) => void {
  const { isComplete, stop, report, exit, fail } = tools;
  let stoppingSince: number | undefined;
  return (signal, now) => {
    if (stoppingSince !== undefined && now - stoppingSince < sameSignalMs) return;
    // Impatience, or nothing complete to stop yet: the reaper stops every process once this one has gone.
    if (stoppingSince !== undefined) return exit(130);
    stoppingSince = now;
    if (!isComplete()) {
      report(`\n${signal}: stopping what has been started so far`);
      return exit(130);
    }
    report(`\n${signal}: stopping the services, then the servers (once more to leave at once)`);
    stop().then(() => {
      report('Everything has stopped.');
      exit(0);
    }, fail);
  };
}
