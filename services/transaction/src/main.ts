import { runService } from '@florin/runtime';
import { readConfig } from './config.js';
import { createTransactionService } from './service.js';

await runService(() => createTransactionService(readConfig(process.env)));
