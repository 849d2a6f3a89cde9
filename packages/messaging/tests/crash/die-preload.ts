import { dieAt } from './die-at.js';

// Loaded before the main program of a service, which itself knows nothing about it.
const { DIE_AT, DIE_OCCURRENCE } = process.env;
if (DIE_AT) dieAt(DIE_AT, Number(DIE_OCCURRENCE));
