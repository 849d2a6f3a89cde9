import { runService } from '@florin/runtime';
import { readConfig } from './config.js';
import { createNotificationService } from './service.js';

await runService(() => createNotificationService(readConfig(process.env)));
