import { detailOf, factName, factValue, type FactFormats, sentenceValues } from '../../../admin/src/pages/doctor/facts';
import { english, isTextKey } from '../../../admin/src/translations/words';
import { checkId, problemCode } from '../../../server/src/doctor-words';

const formats: FactFormats = {
  text: (key) => english[key],
  moment: (iso) => iso.slice(0, 10),
  unit: (value, unit) => `${Math.round(value * 10) / 10} ${unit}`,
  number: String,
};

it('every check has a name, and every problem its meaning and its remedy', () => {
  const keys = [
    ...checkId.options.map((id) => `doctor.check.${id}`),
    ...problemCode.options.flatMap((code) => [`doctor.means.${code}`, `doctor.remedy.${code}`]),
  ];
  expect(keys.filter((key) => !isTextKey(key))).toEqual([]);
});

it('facts are told in units that a person reads', () => {
  const value = (kind: 'bytes' | 'ms', given: number) => factValue({ name: 'free', kind, value: given }, formats);
  expect(value('bytes', 1.25e9)).toBe('1.3 gigabyte');
  expect(value('bytes', 3.4e6)).toBe('3 megabyte');
  expect(value('ms', 12.4)).toBe('12 millisecond');
  expect(value('ms', -90_000)).toBe('-1.5 minute');
  expect(value('ms', 3 * 24 * 3_600_000)).toBe('3 day');
  expect(factValue({ name: 'free', kind: 'bytes', value: null }, formats)).toBe('not known');
  expect(factValue({ name: 'used', kind: 'yes-no', value: false }, formats)).toBe('no');
});

it('words of the server are told in the reader’s, and its sentences stand by themselves', () => {
  const facts = [
    { name: 'work', kind: 'text' as const, value: 'watch, sweep' },
    { name: 'folders', kind: 'text' as const, value: 'paid, temporary' },
    { name: 'code', kind: 'text' as const, value: 'remote.timeout' },
    { name: 'calls', kind: 'text' as const, value: 'open' },
    { name: 'version', kind: 'text' as const, value: '15.1' },
    { name: 'due', kind: 'count' as const, value: 3 },
    { name: 'detail', kind: 'text' as const, value: 'It hangs.' },
  ];
  const check = { id: 'queue' as const, state: 'error' as const, problem: 'queue.stuck' as const, facts };
  expect(sentenceValues(check, formats)).toMatchObject({
    work: 'Waiting jobs looked after, Unused files deleted',
    folders: 'Paid results, Temporary files',
    code: 'The Rembg API did not answer in time.',
    calls: 'stopped',
    version: '15.1',
    due: 3,
  });
  expect(detailOf(check)).toBe('It hangs.');
  expect(factName(facts[0]!, formats.text)).toBe('Work');
});
