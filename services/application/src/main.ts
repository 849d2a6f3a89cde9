import { runService } from '@florin/runtime';
import { readConfig } from './config.js';
import { createApplicationService } from './service.js';

await runService(() => createApplicationService(readConfig(process.env)));
