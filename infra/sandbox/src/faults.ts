import { z } from 'zod';

export const providers = [
  'kyc',
  'credit-bureau',
  'psp',
  'settlement-files',
  'issuer',
  'sms',
  'smtp',
  'webhook',
] as const;
export type ProviderName = (typeof providers)[number];

/** Body of `PUT /faults/{provider}`. A longer hang than a minute is of no use to a client with a timeout. */
export const faultSchema = z.strictObject({
  mode: z.enum(['ok', 'error', 'timeout', 'slow', 'reset']),
  /** Share of the calls that meet the fault. */
  rate: z.number().min(0).max(1).default(1),
  /** Pause before the answer in mode `slow`. */
  latencyMs: z.number().int().min(0).max(60_000).default(2_000),
});
export type Fault = z.infer<typeof faultSchema>;
export type FaultMode = Fault['mode'];

const noFault: Fault = { mode: 'ok', rate: 1, latencyMs: 0 };

/** The switchboard of the faults of all simulators. */
export class Faults {
  private readonly current = new Map<ProviderName, Fault>();

  constructor(private readonly random: () => number = Math.random) {}

  put(provider: ProviderName, fault: Fault): void {
    this.current.set(provider, fault);
  }

  get(provider: ProviderName): Fault {
    return this.current.get(provider) ?? noFault;
  }

  all(): Record<ProviderName, Fault> {
    return Object.fromEntries(providers.map((name) => [name, this.get(name)])) as Record<ProviderName, Fault>;
  }

  /** What happens to one call: the fault in force, or none when the dice spare it. */
  draw(provider: ProviderName): Fault {
    const fault = this.get(provider);
    return fault.rate >= 1 || this.random() < fault.rate ? fault : noFault;
  }
}
