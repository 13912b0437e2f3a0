import { writeFileSync } from 'node:fs';
import { preparePacks } from '../dist/cli/policy-file.js';
import { PREPARED_PACKS } from '../dist/cli/prepared-packs.js';

writeFileSync(PREPARED_PACKS, JSON.stringify(preparePacks()));
