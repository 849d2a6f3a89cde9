import './global-setup.js';

async function globalTeardown(): Promise<void> {
  await globalThis.florinTestServers?.stop();
}

// biome-ignore lint/style/noDefaultExport: Jest takes the default export of a global teardown.
export default globalTeardown;
