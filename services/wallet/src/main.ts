import { runService } from '@florin/runtime';
import { readConfig } from './config.js';
import { createWalletService } from './service.js';

await runService(() => createWalletService(readConfig(process.env)));
