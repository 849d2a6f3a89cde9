import { installVirtualGlobals } from './virtual-globals.js';

// Before anything of the platform is loaded: its modules take timers and ids from what is installed then.
installVirtualGlobals();
// Worlds throw thousands of errors on purpose, and their stacks cost more than they say.
Error.stackTraceLimit = process.argv.includes('--trace') ? 20 : 2;
const { runCommandLine } = await import('./command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2));
