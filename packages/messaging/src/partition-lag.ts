import type { Gauge } from '@florin/observability';

/** Lag of the partitions that a member of a group has; those it no longer has are not its to report. */
export class PartitionLag {
  private readonly reported = new Map<string, { topic: string; partition: number }>();

  constructor(
    private readonly gauge: Gauge,
    private readonly group: string,
  ) {}

  set(topic: string, partition: number, records: number): void {
    this.reported.set(`${topic}/${partition}`, { topic, partition });
    this.gauge.set({ group: this.group, topic, partition }, records);
  }

  /** Called with every assignment; one of nothing forgets all. */
  keepOnly(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const [name, { topic, partition }] of this.reported) {
      if (assignment[topic]?.includes(partition)) continue;
      this.gauge.remove({ group: this.group, topic, partition });
      this.reported.delete(name);
    }
  }
}
