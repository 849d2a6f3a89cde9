import { loadConfig } from './config.js';
import { createSandbox } from './sandbox.js';

const sandbox = createSandbox(loadConfig(process.env));

const stop = (): void => {
  sandbox.stop().then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

await sandbox.start().catch((error: Error) => {
  console.error(`sandbox: ${error.message}`);
  process.exit(1);
});
