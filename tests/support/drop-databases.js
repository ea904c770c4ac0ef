'use strict';

const { dropDatabases, testClient } = require('../../scripts/lib/database');

/** Jest's global teardown: drops the databases of this run and of runs that died. */
module.exports = async () => {
  const client = testClient();
  if (client !== 'sqlite') await dropDatabases(client, Number(process.env.CUTOUT_DB_OWNER));
};
