import { createInterface } from 'node:readline/promises';

/** Asks a person. A script cannot be asked: it gets `unattended`. */
export async function confirm(question: string, unattended: boolean): Promise<boolean> {
  if (!process.stdin.isTTY) return unattended;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
