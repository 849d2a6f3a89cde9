import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `npm start` runs this before the build, which would replace the programs under a copy that runs. It needs no build
// itself: where nothing has been built, nothing can run.
const lock = new URL('dist/directory-lock.js', import.meta.url);
if (existsSync(lock)) {
  const { requireUnlocked } = await import(lock.href);
  try {
    requireUnlocked(fileURLToPath(new URL('../../.florin', import.meta.url)));
  } catch (error) {
    console.error(`florin: ${error.message}`);
    process.exit(1);
  }
}
