'use strict';

const { requireServer, testClient } = require('../../scripts/lib/database');
const { prepare } = require('../../scripts/lib/prepare');

/**
 * Jest's global setup where tests start the app: `npm test` has built it already, a single Jest run may not have. The
 * databases that this run makes are known by its process.
 */
module.exports = async () => {
  process.env.CUTOUT_DB_OWNER ??= String(process.pid);
  const client = testClient();
  if (client !== 'sqlite') await requireServer(client);
  await prepare({ say: (line) => process.stderr.write(`${line}\n`) });
};
