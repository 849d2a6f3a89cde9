export { OpsClient, OpsError } from './client.js';
export { createProgram } from './program.js';
