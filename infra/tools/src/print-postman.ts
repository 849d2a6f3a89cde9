import { postmanCollection } from './postman.js';

process.stdout.write(`${JSON.stringify(await postmanCollection(), null, 2)}\n`);
