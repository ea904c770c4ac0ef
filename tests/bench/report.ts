import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measurement } from './setting';

export type Report = Record<string, Measurement>;

export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  os: string;
  loadAverage: number;
  node: string;
  sharp: string;
  onnxruntime: string;
}

function versionOf(name: string, root: string): string {
  // Read as a file: not every package exports its package.json.
  const facts = readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(facts) as { version: string }).version;
}

export function machine(root: string): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    os: `${os.type()} ${os.arch()}`,
    loadAverage: Number(os.loadavg()[0]?.toFixed(1)),
    node: process.version,
    sharp: versionOf('sharp', root),
    onnxruntime: versionOf('onnxruntime-node', root),
  };
}

const verdict = ({ holds }: Measurement): string => (holds === null ? '' : holds ? 'holds' : 'MISSED');

/** For a terminal. */
export function table(report: Report): string {
  const lines = Object.entries(report).flatMap(([number, measurement]) => [
    `${number}. ${measurement.title}  ${verdict(measurement)}`,
    ...measurement.rows.map(([name, value, bar]) => `     ${name.padEnd(42)} ${value.padEnd(44)} ${bar}`),
  ]);
  return lines.join('\n');
}

export function markdown(report: Report, { quick, facts }: { quick: boolean; facts: Machine }): string {
  const rows = Object.entries(report).flatMap(([number, measurement]) =>
    measurement.rows.map(([name, value, bar], i) => {
      const head = i === 0 ? `**${number}** ${measurement.title}` : '';
      return `| ${head} | ${name} | ${value} | ${bar} | ${i === 0 ? verdict(measurement) : ''} |`;
    }),
  );
  return `# Benchmark

Written by \`npm run bench\`${quick ? ' with `--quick`: fewer runs, figures less steady' : ''}. Generated scenes (\`tests/fixtures\`), default options, medians; every picture goes through the same child-process pool as in Strapi.

Machine: ${facts.cpu}, ${facts.cores} cores, ${facts.memoryGb} GB, ${facts.os}, load average at the start ${facts.loadAverage}. Node ${facts.node}, sharp ${facts.sharp}, onnxruntime-node ${facts.onnxruntime}.

| what | | measured | wanted | |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
