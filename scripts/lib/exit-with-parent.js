'use strict';

/**
 * Loaded into Strapi before anything else. Ends it when the process that started it is gone, whichever way that ended,
 * so that no forgotten server keeps a port.
 */
if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
