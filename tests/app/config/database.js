'use strict';

const path = require('node:path');

/** Strapi makes its tables in transactions, and Knex warns of each that MySQL knows no such thing. */
const warnOfOthers = (message) => {
  if (!String(message).includes('do not mix transactions and DDL')) console.warn(message);
};

/** SQLite unless DATABASE_CLIENT names another database; `DATABASE_URL` then says where it is. */
module.exports = ({ env }) => {
  const client = env('DATABASE_CLIENT', 'sqlite');
  if (client === 'sqlite') {
    const filename = path.resolve(__dirname, '..', env('DATABASE_FILENAME', '.tmp/data.db'));
    return { connection: { client, connection: { filename }, useNullAsDefault: true } };
  }
  const url = env('DATABASE_URL');
  return {
    connection: {
      client,
      // An object, since Strapi writes further settings into it.
      connection: client === 'mysql' ? { uri: url } : { connectionString: url },
      // A pool that keeps no idle connections leaves a server with few slots room for several nodes.
      pool: { min: 0, max: env.int('DATABASE_POOL_MAX', 10) },
      acquireConnectionTimeout: 60_000,
      ...(client === 'mysql' && { log: { warn: warnOfOthers } }),
    },
  };
};
