/** A running part of the platform. */
export interface Service {
  readonly name: string;
  /** Resolves when the service consumes and serves. */
  start(): Promise<void>;
  /** Stops taking work, finishes what is in hand, releases every resource. Safe to call twice. */
  stop(): Promise<void>;
  /** Base URL of its HTTP port, known once started. */
  readonly url: string;
}

const stopTimeoutMs = 25_000;

/** Starts a service as the main program of a process and stops it cleanly on SIGTERM or SIGINT. */
export async function runService(create: () => Service): Promise<void> {
  let service: Service | undefined;
  const stop = (signal: string): void => {
    const timer = setTimeout(() => {
      console.error(`${service?.name}: still not stopped ${stopTimeoutMs} ms after ${signal}, leaving`);
      process.exit(1);
    }, stopTimeoutMs);
    timer.unref();
    (service?.stop() ?? Promise.resolve()).then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    service = create();
    await service.start();
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

/** An error with a code says what is wrong in its message; whoever runs the service has no use for a stack then. */
function explain(error: unknown): unknown {
  const speaksForItself = error instanceof Error && 'code' in error && error.message !== '';
  return speaksForItself ? error.message : error;
}
