'use strict';

const { prepare } = require('../../scripts/lib/prepare');

/** Jest's global setup where tests start the app: `npm test` has built it already, a single Jest run may not have. */
module.exports = () => prepare({ say: (line) => process.stderr.write(`${line}\n`) });
