import { topicRecords } from '../story/operations.js';
import type { Platform } from '../story/platform.js';

const useColour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string): string => (useColour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const dollars = (minor: number): string =>
  (minor / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** Tells a story step by step, with the topics that gained records while a step ran. */
export class Narrator {
  private count = 0;

  constructor(private readonly platform: Platform) {}

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.count++;
    const before = await topicRecords(this.platform);
    const startedAt = performance.now();
    try {
      const result = await work();
      const tookMs = Math.round(performance.now() - startedAt);
      console.log(`${paint(32, '✓')} ${this.count}. ${title} ${paint(2, `(${tookMs} ms)`)}`);
      const after = await topicRecords(this.platform);
      const used = [...after].filter(([name, records]) => records > (before.get(name) ?? 0));
      if (used.length > 0) this.tell(`topics: ${used.map(([name]) => name).join(', ')}`);
      return result;
    } catch (error) {
      console.log(`${paint(31, '✗')} ${this.count}. ${title}`);
      throw error;
    }
  }

  tell(line: string): void {
    console.log(`     ${paint(2, line)}`);
  }
}
