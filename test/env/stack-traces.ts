import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Stack traces that name the lines of the sources. Node.js could do that, too, but it calls functions without a name
 * `<anonymous>`, and Jest leaves out what is called so: the lines of most tests.
 */
export function formatStackTrace(error: Error, frames: readonly NodeJS.CallSite[]): string {
  const lines = frames.filter((frame) => !isRunner(frame)).map((frame) => `\n    at ${placeOf(frame)}`);
  return `${error.name ?? 'Error'}: ${error.message ?? ''}${lines.join('')}`;
}

const isRunner = (frame: NodeJS.CallSite): boolean =>
  frame.getFileName()?.endsWith('/test/env/dist/test-runner.js') === true;

function placeOf(frame: NodeJS.CallSite): string {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  const map = file && line && column ? findSourceMap(file) : undefined;
  const source = map?.findEntry(line! - 1, column! - 1);
  if (!source || !('originalSource' in source)) return String(frame);
  const path = file!.startsWith('file:') ? fileURLToPath(file!) : file!;
  const place = `${path}:${source.originalLine + 1}:${source.originalColumn + 1}`;
  return String(frame).replace(`${file}:${line}:${column}`, place);
}
