import { runService } from '@florin/runtime';
import { readConfig } from './config.js';
import { createEdgeService } from './service.js';

await runService(() => createEdgeService(readConfig(process.env)));
