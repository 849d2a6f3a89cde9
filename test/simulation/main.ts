import { installVirtualGlobals } from './virtual-globals.js';

// Before anything of the platform is loaded: its modules take timers and ids from what is installed then.
installVirtualGlobals();
const { runCommandLine } = await import('./command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2));
