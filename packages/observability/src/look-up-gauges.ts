import { Gauge, type Registry } from 'prom-client';

export interface GaugeReading<Name extends string> {
  readonly name: Name;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface LookUpGauge {
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/**
 * Gauges that are looked up together when they are scraped. All gauges of a scrape share one look-up, so that none of
 * them shows what was true a scrape ago. When it fails they are NaN, or absent where they have labels, and the scrape
 * goes on: while a database is away, the other metrics of the process are needed most of all.
 */
export function createLookUpGauges<Name extends string>(
  registry: Registry,
  definitions: Readonly<Record<Name, LookUpGauge>>,
  lookUp: () => Promise<readonly GaugeReading<Name>[]>,
): void {
  const gauges = new Map<string, Gauge>();
  let running: Promise<void> | undefined;

  async function read(): Promise<void> {
    const readings = await lookUp().catch(() => undefined);
    for (const [name, gauge] of gauges) {
      gauge.reset();
      if (!readings && !definitions[name as Name].labelNames) gauge.set(Number.NaN);
    }
    for (const { name, labels = {}, value } of readings ?? []) gauges.get(name)!.set(labels, value);
  }
  const collect = (): Promise<void> => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
  for (const [name, { help, labelNames = [] }] of Object.entries<LookUpGauge>(definitions)) {
    gauges.set(name, new Gauge({ name, help, labelNames: [...labelNames], registers: [registry], collect }));
  }
}
