/** `npm run build:app`: what the demo and the tests begin with. Builds the plugin and the app's admin panel where they are out of date. */
import { prepare } from './lib/prepare.js';

await prepare({ say: (line) => void process.stdout.write(`${line}\n`) });
