import { DemoFailure, runDemo } from './demo.js';

try {
  await runDemo();
} catch (error) {
  console.error(error instanceof DemoFailure ? error.message : error);
  process.exitCode = 1;
}
