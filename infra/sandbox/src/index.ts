export { loadConfig, type SandboxConfig } from './config.js';
export { createSandbox, type Sandbox } from './sandbox.js';
