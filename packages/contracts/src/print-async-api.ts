import { asyncApiDocument } from './async-api.js';

// The published document is of the version that is being built, which npm knows.
const version = process.env.npm_package_version ?? '0.0.0';
console.log(JSON.stringify(asyncApiDocument({ version }), null, 2));
