import { loadConfig } from './config.js';
import { createSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox | undefined;

const stop = (): void => {
  (sandbox?.stop() ?? Promise.resolve()).then(
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
  sandbox = createSandbox(loadConfig(process.env));
  await sandbox.start();
} catch (error) {
  console.error(`sandbox: ${(error as Error).message}`);
  process.exit(1);
}
