import { topicRecords } from '../story/operations.js';
import type { Platform } from '../story/platform.js';

const useColour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string): string => (useColour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const dollars = (minor: number): string =>
  (minor / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** Tells a story step by step, with the topics that gained records while a step ran. */
export class Narrator {
  private count = 0;
  private running = false;
  private readonly lines: string[] = [];

  constructor(private readonly platform: Platform) {}

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.count++;
    this.running = true;
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
    } finally {
      this.running = false;
      for (const line of this.lines.splice(0)) console.log(line);
    }
  }

  /** Adds a line to the step that runs, or to the one that has just ended. */
  tell(line: string): void {
    const text = `     ${paint(2, line)}`;
    if (this.running) this.lines.push(text);
    else console.log(text);
  }
}
