import { containerMemory, type ReadText } from '../../../server/src/doctor/container-memory';

const GB = 1e9;
const files =
  (contents: Record<string, string>): ReadText =>
  async (file) =>
    contents[file] ?? null;
const look = (contents: Record<string, string>) => containerMemory(24 * GB, files(contents));

it('cgroup v2, in a container that sees its own group as the root', async () => {
  const contents = {
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/memory.max': `${2 * GB}\n`,
    '/sys/fs/cgroup/memory.current': `${1.5 * GB}\n`,
    '/sys/fs/cgroup/memory.stat': `anon 5\ninactive_file ${GB}\nactive_file 7\n`,
  };
  // What was read from disk can be dropped: it is not used up.
  expect(await look(contents)).toEqual({ limit: 2 * GB, used: 0.5 * GB });
  expect(await look({ ...contents, '/proc/self/cgroup': '0::/docker/abc\n' })).toMatchObject({ limit: 2 * GB });
});

it('cgroup v2, as a service: the narrowest of the groups around it', async () => {
  const group = '/sys/fs/cgroup/system.slice';
  const contents = {
    '/proc/self/cgroup': '0::/system.slice/strapi.service\n',
    [`${group}/strapi.service/memory.max`]: 'max\n',
    [`${group}/strapi.service/memory.current`]: `${GB}\n`,
    [`${group}/memory.max`]: `${4 * GB}\n`,
    [`${group}/memory.current`]: `${3 * GB}\n`,
  };
  expect(await look(contents)).toEqual({ limit: 4 * GB, used: 3 * GB });
  expect(await look({ ...contents, [`${group}/strapi.service/memory.max`]: `${1.5 * GB}` })).toEqual({
    ...{ limit: 1.5 * GB, used: GB },
  });
});

it('cgroup v1', async () => {
  const contents = {
    '/proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/x\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${GB}\n`,
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${0.9 * GB}\n`,
    '/sys/fs/cgroup/memory/memory.stat': `inactive_file 1\ntotal_inactive_file ${0.4 * GB}\n`,
  };
  expect(await look(contents)).toEqual({ limit: GB, used: 0.5 * GB });
});

it('no limit, or no control groups at all', async () => {
  const unlimited = '9223372036854771712';
  const memory = '/sys/fs/cgroup/memory';
  expect(
    await look({
      '/proc/self/cgroup': '4:memory:/\n',
      [`${memory}/memory.limit_in_bytes`]: unlimited,
      [`${memory}/memory.usage_in_bytes`]: '5',
    }),
  ).toBeNull();
  expect(await look({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max' })).toBeNull();
  expect(await look({})).toBeNull();
});
